package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What this command needs of the vectors' format, which their README describes.
type (
	vectorFile struct {
		KeySets map[string]struct {
			JWKS       *string `json:"jwks"`
			JWKSBase64 []byte  `json:"jwks_base64"`
			Status     int     `json:"http_status"`
		} `json:"key_sets"`
		Configs map[string]vectorConfig `json:"configs"`
		Cases   []vectorCase            `json:"cases"`
	}
	vectorConfig struct {
		UserPools []struct {
			ID        string            `json:"id"`
			ClientIDs []string          `json:"client_ids"`
			AnyClient bool              `json:"any_client"`
			Audiences []string          `json:"audiences"`
			KeySets   map[string]string `json:"key_sets"`
		} `json:"user_pools"`
		TokenUse string                     `json:"token_use"`
		Now      string                     `json:"now"`
		Leeway   int                        `json:"leeway_seconds"`
		Require  map[string]json.RawMessage `json:"require"`
		Revoked  []string                   `json:"revoked_origin_jtis"`
	}
	vectorCase struct {
		ID          string  `json:"id"`
		Config      string  `json:"config"`
		Token       *string `json:"token"`
		TokenBase64 string  `json:"token_base64"`
		TokenPieces []struct {
			Text  string
			Times int
		} `json:"token_pieces"`
		Expected vectorResult `json:"expected"`
	}
	vectorResult struct {
		Valid     bool        `json:"valid"`
		Code      string      `json:"code"`
		TokenUse  string      `json:"token_use"`
		UserPool  string      `json:"user_pool"`
		Issuer    string      `json:"issuer"`
		KeyID     string      `json:"key_id"`
		Subject   string      `json:"subject"`
		ClientID  string      `json:"client_id"`
		Username  string      `json:"username"`
		Groups    []string    `json:"groups"`
		Scopes    []string    `json:"scopes"`
		ExpiresAt json.Number `json:"expires_at"`
	}
)

func (v *vectorCase) text(t *testing.T) string {
	t.Helper()
	if v.Token != nil {
		return *v.Token
	}
	var b strings.Builder
	for _, piece := range v.TokenPieces {
		b.WriteString(strings.Repeat(piece.Text, piece.Times))
	}
	decoded, err := base64.StdEncoding.DecodeString(v.TokenBase64)
	if err != nil {
		t.Fatal(err)
	}
	return b.String() + string(decoded)
}

// status is the exit status for this token alone.
func (v *vectorCase) status() int {
	switch v.Expected.Code {
	case "":
		return 0
	case "keys_unavailable":
		return statusUnavailable
	}
	return statusRejected
}

// TestVectors verifies the vectors as arguments and as lines of standard input, those
// of one config and one exit status together.
func TestVectors(t *testing.T) {
	names, err := filepath.Glob("../../cognito/testdata/vectors/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	judged, skipped := 0, map[string]int{}
	for _, name := range names {
		file := readVectors(t, name)
		server := file.serve(t)
		type batch struct {
			config string
			status int
		}
		batches := map[batch][]vectorCase{}
		for _, v := range file.Cases {
			if _, why := file.flags(v.Config, server); why != "" {
				skipped[why]++
				continue
			}
			batches[batch{v.Config, v.status()}] = append(batches[batch{v.Config, v.status()}], v)
		}
		for b, cases := range batches {
			judged += len(cases)
			flags, _ := file.flags(b.config, server)
			t.Run(filepath.Base(name)+"/"+b.config+"/"+strconv.Itoa(b.status), func(t *testing.T) { verifyVectors(t, flags, cases, b.status) })
		}
	}
	t.Logf("%d vectors were verified; skipped: %v", judged, skipped)
	if judged < 700 {
		t.Errorf("only %d vectors were verified: %v", judged, skipped)
	}
}

func readVectors(t *testing.T, name string) *vectorFile {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var file vectorFile
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return &file
}

// serve publishes the key sets, each under /?its name.
func (f *vectorFile) serve(t *testing.T) (address string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := f.KeySets[r.URL.Query().Get("name")]
		switch {
		case set.JWKS != nil:
			w.Write([]byte(*set.JWKS))
		case set.Status != 0:
			w.WriteHeader(set.Status)
		default:
			w.Write(set.JWKSBase64)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// flags are the command line for a config, or the reason why there is none. It is
// the one rule by which vectors are skipped.
func (f *vectorFile) flags(name, server string) (args []string, why string) {
	config := f.Configs[name]
	pool := config.UserPools[0]
	sets := slices.Compact(slices.Sorted(maps.Values(pool.KeySets)))
	switch {
	case len(config.UserPools) > 1 || len(sets) > 1:
		return nil, "--jwks is for one pool and all its issuers"
	case len(config.Revoked) > 0:
		return nil, "there is no flag for revocations"
	}
	args = []string{
		"verify", "--output", "json", "--pool", pool.ID, "--token-use", config.TokenUse, "--at", config.Now,
		"--leeway", strconv.Itoa(config.Leeway) + "s", "--jwks", server + "/?name=" + strings.ReplaceAll(sets[0], " ", "+"),
	}
	if len(pool.KeySets) == 1 {
		args = append(args, "--issuer", slices.Collect(maps.Keys(pool.KeySets))[0])
	}
	if pool.AnyClient {
		args = append(args, "--any-client")
	}
	add := func(flag string, values ...string) {
		for _, value := range values {
			args = append(args, flag, value)
		}
	}
	add("--client-id", pool.ClientIDs...)
	add("--audience", pool.Audiences...)
	for _, requirement := range slices.Sorted(maps.Keys(config.Require)) {
		value := config.Require[requirement]
		flag, ok := map[string]string{"scopes": "--scope", "groups": "--group", "nonce": "--nonce"}[requirement]
		if !ok {
			return nil, "there is no flag for " + requirement
		}
		var list []string
		if json.Unmarshal(value, &list) != nil {
			list = []string{strings.Trim(string(value), `"`)} // a nonce of plain letters
		}
		add(flag, list...)
	}
	return args, ""
}

func verifyVectors(t *testing.T, flags []string, cases []vectorCase, status int) {
	t.Helper()
	var asArguments, asLines []vectorCase
	arguments, lines := append(slices.Clone(flags), "--"), ""
	for _, v := range cases {
		token := v.text(t)
		asArguments, arguments = append(asArguments, v), append(arguments, token)
		// White space around a line is no part of its token, and an empty one is skipped.
		if token != "" && strings.TrimSpace(token) == token && !strings.ContainsAny(token, "\r\n") {
			asLines, lines = append(asLines, v), lines+token+"\n"
		}
	}
	runVectors(t, arguments, "", asArguments, status)
	if len(asLines) > 0 {
		runVectors(t, append(slices.Clone(flags), "-"), lines, asLines, status)
	}
}

func runVectors(t *testing.T, args []string, stdin string, cases []vectorCase, status int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if got := run(args, strings.NewReader(stdin), &stdout, &stderr, func(string) string { return "" }); got != status {
		t.Errorf("exit status %d, want %d: %s", got, status, stderr.String())
	}
	results := strings.Split(strings.TrimSuffix(stdout.String(), "\n"), "\n")
	if len(results) != len(cases) {
		t.Fatalf("%d results for %d tokens: %s", len(results), len(cases), stderr.String())
	}
	for n, v := range cases {
		checkVector(t, &v, results[n])
	}
	for part := range strings.SplitSeq(strings.Join(args, ".")+stdin, ".") {
		if len(part) > 100 && strings.Contains(stderr.String(), part[:100]) {
			t.Errorf("standard error holds a piece of a token")
		}
	}
}

// checkVector compares a line of output with what a vector expects.
func checkVector(t *testing.T, v *vectorCase, line string) {
	t.Helper()
	var got struct {
		vectorResult
		ExpiresAt time.Time             `json:"expires_at"`
		Error     struct{ Code string } `json:"error"`
		Claims    json.RawMessage       `json:"claims"`
	}
	if err := json.Unmarshal([]byte(line), &got); err != nil {
		t.Fatalf("%s: %v: %s", v.ID, err, line)
	}
	want := v.Expected
	if got.Valid != want.Valid || got.Error.Code != want.Code {
		t.Errorf("%s: valid %t, code %q; want %t, %q", v.ID, got.Valid, got.Error.Code, want.Valid, want.Code)
	}
	if !want.Valid {
		if unsigned := unvouched[want.Code]; unsigned && got.Claims != nil {
			t.Errorf("%s: shows claims that nobody vouches for", v.ID)
		}
		return
	}
	if got.TokenUse != want.TokenUse || got.UserPool != want.UserPool || got.Issuer != want.Issuer || got.KeyID != want.KeyID ||
		got.Subject != want.Subject || got.ClientID != want.ClientID || got.Username != want.Username ||
		!slices.Equal(got.Groups, want.Groups) || !slices.Equal(got.Scopes, want.Scopes) || got.Claims == nil {
		t.Errorf("%s: got %s, want %+v", v.ID, line, want)
	}
	seconds, err := want.ExpiresAt.Float64()
	if err != nil {
		t.Fatal(err)
	}
	if exact := time.UnixMicro(int64(seconds * 1e6)); seconds < 1e11 && !got.ExpiresAt.Equal(exact) {
		t.Errorf("%s: expires at %s, want %s", v.ID, got.ExpiresAt, exact)
	}
}

// unvouched are the codes of tokens whose signature did not hold or was not checked.
var unvouched = map[string]bool{
	"token_too_large": true, "encrypted_token": true, "token_malformed": true, "algorithm_not_allowed": true,
	"issuer_mismatch": true, "key_not_found": true, "keys_unavailable": true, "signature_invalid": true,
}
