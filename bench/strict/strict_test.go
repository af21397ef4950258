package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// Vectors of the test's own: what the real ones find changes as verifiers do.
func writeVectors(t *testing.T) (folder string) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	noExpiry := pool.AccessToken(cognitotest.WithoutClaim("exp"))
	good := pool.AccessToken()
	type object map[string]any
	refused := func(code string) object { return object{"valid": false, "code": code} }
	accepted := object{"valid": true}
	configOf := func(more object) object {
		config := object{
			"user_pools": []object{{
				"id": pool.ID(), "client_ids": []string{"another-client", pool.ClientID()},
				"key_sets": map[string]string{pool.OriginalIssuer(): "pool", pool.UpdatedIssuer(): "none"},
			}},
			"token_use": "access", "now": issuer.Clock().Now().Format(time.RFC3339), "max_token_bytes": 16384,
		}
		for name, value := range more {
			config[name] = value
		}
		return config
	}
	text, err := json.Marshal(object{
		"format":   format,
		"key_sets": object{"pool": object{"jwks": string(pool.JWKS())}, "none": object{"http_status": 403}},
		"configs": object{
			"access": configOf(nil),
			"scope":  configOf(object{"require": object{"scopes": []string{"a"}}}),
			"any":    configOf(object{"token_use": "any"}),
		},
		"cases": []object{
			{"id": "good", "config": "access", "token": good, "expected": accepted},
			{"id": "good-id", "config": "any", "token_base64": base64.StdEncoding.EncodeToString([]byte(pool.IDToken())), "expected": accepted},
			{"id": "another", "config": "access", "token": pool.AccessToken(cognitotest.ForClient("another-client")), "expected": accepted},
			{"id": "expired", "config": "access", "token": pool.AccessToken(cognitotest.Expired()), "expected": refused("token_expired")},
			{"id": "no-exp", "config": "access", "token_pieces": []object{{"text": noExpiry, "times": 1}}, "expected": refused("claim_missing")},
			{"id": "scope", "config": "scope", "token": good, "expected": refused("scope_missing")},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	folder = t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "some.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestRun(t *testing.T) {
	o := options{vectors: writeVectors(t), node: "../testdata/node", ci: os.Getenv("CI") == "true"}
	var out bytes.Buffer
	if err := run(t.Context(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := []string{"5 cases; 1 more are under settings"}
	verifiers := []string{"poolguard", "golang-jwt", "go-jose", "go-oidc", "jwx", "cap"}
	if strings.Contains(out.String(), "left out, the verifiers from npm: ") {
		t.Log("without those from npm")
	} else {
		verifiers = append(verifiers, "jose-npm")
		want = append(want, "aws-jwt-verify accepts: 1 of 2 that must be refused\n", "aws-jwt-verify refuses: 0 of 3 that are good\n")
	}
	for _, name := range verifiers {
		want = append(want, name+" accepts: 0 of 2 that must be refused\n", name+" refuses: 0 of 3 that are good\n")
	}
	for _, line := range want {
		if !strings.Contains(out.String(), line) {
			t.Errorf("without %q", line)
		}
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

func TestNoVectors(t *testing.T) {
	if _, _, err := readVectors(t.TempDir()); err == nil {
		t.Error("a folder without vectors is no fault")
	}
}
