package userpool_test

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool"
)

func TestDiscovery(t *testing.T) {
	t.Parallel()
	for form, issuer := range map[userpool.IssuerForm]string{
		"":                      "http://127.0.0.1:9229/" + poolID,
		userpool.IssuerLocal:    "http://127.0.0.1:9229/" + poolID,
		userpool.IssuerOriginal: "https://cognito-idp.us-east-1.amazonaws.com/" + poolID,
		userpool.IssuerUpdated:  "https://issuer-cognito-idp.us-east-1.amazonaws.com/" + poolID,
	} {
		server, err := userpool.New(userpool.Config{PublicURL: "http://127.0.0.1:9229", IssuerForm: form})
		if err != nil {
			t.Fatal(err)
		}
		response, body := get(t, server, "/"+poolID+"/.well-known/openid-configuration")
		if response.Header.Get("Access-Control-Allow-Origin") != "*" || response.Header.Get("Cache-Control") != "public, max-age=60" {
			t.Errorf("headers %v", response.Header)
		}
		var got map[string]any
		if err := json.Unmarshal([]byte(body), &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"authorization_endpoint":                "http://127.0.0.1:9229/oauth2/authorize",
			"end_session_endpoint":                  "http://127.0.0.1:9229/logout",
			"id_token_signing_alg_values_supported": []any{"RS256"},
			"issuer":                                issuer,
			"jwks_uri":                              "http://127.0.0.1:9229/" + poolID + "/.well-known/jwks.json",
			"response_types_supported":              []any{"code", "token"},
			"revocation_endpoint":                   "http://127.0.0.1:9229/oauth2/revoke",
			"userinfo_endpoint":                     "http://127.0.0.1:9229/oauth2/userInfo",
			"scopes_supported":                      []any{"openid", "email", "phone", "profile"},
			"subject_types_supported":               []any{"public"},
			"token_endpoint":                        "http://127.0.0.1:9229/oauth2/token",
			"token_endpoint_auth_methods_supported": []any{"client_secret_basic", "client_secret_post"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", form, diff)
		}
		answer := tokenFrom(t, server, machineForm(), "local-machine", "local-secret")
		if _, claims := verify(t, keySet(t, server), answer.Access); claims["iss"] != issuer {
			t.Errorf("%q: iss %q, want %q", form, claims["iss"], issuer)
		}
	}
}

func TestUnknownPool(t *testing.T) {
	t.Parallel()
	for _, document := range []string{"openid-configuration", "jwks.json"} {
		response, body := get(t, shared(), "/us-east-1_Nothing/.well-known/"+document)
		if response.StatusCode != http.StatusNotFound || body != `{"message":"User pool does not exist."}`+"\n" {
			t.Errorf("%s: %d %s", document, response.StatusCode, body)
		}
	}
}

func TestKeySet(t *testing.T) {
	t.Parallel()
	keys := keySet(t, shared())
	if len(keys) != 2 {
		t.Fatalf("%d keys, want 2", len(keys))
	}
	kid := regexp.MustCompile(`^[A-Za-z0-9+/]{43}=$`)
	for id, k := range keys {
		if !kid.MatchString(id) || k.Algorithm != "RS256" || k.Use != "sig" || k.KeyType != "RSA" || k.N.BitLen() != 2048 || k.E != 65537 {
			t.Errorf("key %q: %+v", id, k)
		}
	}
}

func TestRotateKeys(t *testing.T) {
	t.Parallel()
	f := serve(t)
	machine := func() string {
		answer := f.token(t, machineForm(), "local-machine", "local-secret")
		if answer.status != http.StatusOK {
			t.Fatalf("%d %s", answer.status, answer.raw)
		}
		return answer.Access
	}
	old := machine()
	oldKeys := keySet(t, f.Server)
	if err := f.RotateKeys(t.Context(), poolID, time.Hour); err != nil {
		t.Fatal(err)
	}
	keys := keySet(t, f.Server)
	if len(keys) != 4 {
		t.Errorf("%d keys after a rotation, want 4", len(keys))
	}
	verify(t, keys, old)
	fresh := machine()
	verify(t, keys, fresh)
	oldHeader, _ := verify(t, keys, old)
	if header, _ := verify(t, keys, fresh); header == oldHeader {
		t.Error("still signed with the old key")
	}

	f.SetClockOffset(time.Hour)
	keys = keySet(t, f.Server)
	for id := range oldKeys {
		if _, ok := keys[id]; ok {
			t.Errorf("key %q is published after the overlap", id)
		}
	}

	if err := f.RotateKeys(t.Context(), poolID, 0); err != nil {
		t.Fatal(err)
	}
	f.SetClockOffset(-time.Hour)
	if got := keySet(t, f.Server); len(got) != 2 {
		t.Errorf("%d keys after a rotation without overlap, want 2", len(got))
	}
}

func TestRotateKeysRefused(t *testing.T) {
	t.Parallel()
	f := serve(t)
	before := keySet(t, f.Server)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range map[string]error{
		"unknown pool":     f.RotateKeys(t.Context(), "us-east-1_Nothing", 0),
		"negative overlap": f.RotateKeys(t.Context(), poolID, -1),
		"ended context":    f.RotateKeys(ended, poolID, 0),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if diff := cmp.Diff(len(before), len(keySet(t, f.Server))); diff != "" {
		t.Error("a refused rotation changed the keys")
	}
	for id := range keySet(t, f.Server) {
		if _, ok := before[id]; !ok {
			t.Errorf("new key %q", id)
		}
	}
}
