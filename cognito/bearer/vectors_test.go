package bearer_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// vectorStatus is the contract's status of each code that a vector can have.
func vectorStatus(code string) int {
	switch code {
	case "":
		return http.StatusOK
	case "request_invalid":
		return http.StatusBadRequest
	case "scope_missing", "group_missing", "claim_mismatch":
		return http.StatusForbidden
	case "keys_unavailable":
		return http.StatusServiceUnavailable
	}
	return http.StatusUnauthorized
}

// b64token is what may follow the word Bearer (RFC 6750 §2.1).
var b64token = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// inHeader is the one place that says what becomes of a vector in an Authorization
// header. A text that is no b64token makes the request invalid, whatever it is. One
// that begins with a space cannot be told from a longer space after the scheme, and
// is not sent.
func inHeader(token, code string) (want string, send bool) {
	switch {
	case strings.HasPrefix(token, " "):
		return "", false
	case !b64token.MatchString(token):
		return "request_invalid", true
	}
	return code, true
}

// TestVectors sends every vector as a request.
func TestVectors(t *testing.T) {
	files, err := vectors.Load("../testdata/vectors")
	if err != nil {
		t.Fatal(err)
	}
	sent, skipped := 0, map[string]int{}
	for _, file := range files {
		handlers := map[string]http.Handler{}
		for _, v := range file.Cases {
			config := file.Configs[v.Config]
			if config.TokenUse == "any" {
				skipped["accepts either kind, and the middleware one"]++
				continue
			}
			token, err := v.Text()
			if err != nil {
				t.Fatal(err)
			}
			want, send := inHeader(token, v.Expected.Code)
			if !send {
				skipped["begins with a space"]++
				continue
			}
			if handlers[v.Config] == nil {
				handlers[v.Config] = vectorHandler(t, file, config)
			}
			sent++
			t.Run(v.ID, func(t *testing.T) { checkVector(t, handlers[v.Config], token, want) })
		}
	}
	t.Logf("%d vectors were sent; not sent: %v", sent, skipped)
	if sent < 750 || skipped["begins with a space"] > 1 {
		t.Errorf("only %d vectors were sent: %v", sent, skipped)
	}
}

func checkVector(t *testing.T, handler http.Handler, token, want string) {
	t.Helper()
	request := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
	request.Header["Authorization"] = []string{"Bearer " + token}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	if answer.Code != vectorStatus(want) {
		t.Errorf("status %d, want %d", answer.Code, vectorStatus(want))
	}
	var body struct {
		Error struct{ Code string }
	}
	if err := json.Unmarshal(answer.Body.Bytes(), &body); want != "" && (err != nil || body.Error.Code != want) {
		t.Errorf("body %s, want the code %q", answer.Body, want)
	}
	if challenged := answer.Header().Get("WWW-Authenticate") != ""; challenged != (want != "" && want != "keys_unavailable") {
		t.Errorf("challenge %q", answer.Header().Get("WWW-Authenticate"))
	}
}

// vectorHandler is the middleware as a config describes it, before a handler that
// answers 200 where the token is in the context.
func vectorHandler(t *testing.T, file vectors.File, config vectors.Config) http.Handler {
	t.Helper()
	c := cognito.Config{
		Leeway:        time.Duration(config.LeewaySeconds) * time.Second,
		MaxTokenBytes: config.MaxTokenBytes,
		Now:           func() time.Time { return config.Now },
		HTTPClient:    &http.Client{Transport: file.Transport(config)},
		Logger:        slog.New(slog.DiscardHandler),
		Revoked: func(_ context.Context, token cognito.Token, _ cognito.Raw) (bool, error) {
			named, ok := token.(interface{ OriginTokenID() string })
			return ok && slices.Contains(config.RevokedOriginJTIs, named.OriginTokenID()), nil
		},
	}
	for _, p := range config.UserPools {
		pool := cognito.UserPool{ID: p.ID, ClientIDs: p.ClientIDs, InsecureSkipClientCheck: p.AnyClient, Audiences: p.Audiences}
		if len(p.KeySets) == 1 {
			pool.Issuer = slices.Collect(maps.Keys(p.KeySets))[0]
		}
		c.UserPools = append(c.UserPools, pool)
	}
	verifier, err := cognito.New(c)
	if err != nil {
		t.Fatal(err)
	}
	guard, err := bearer.New(bearer.Config{Verifier: verifier, TokenUse: cognito.TokenUse(config.TokenUse), Require: requirementsOf(config.Require), Logger: c.Logger})
	if err != nil {
		t.Fatal(err)
	}
	return guard(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, access := bearer.AccessToken(r.Context())
		_, id := bearer.IDToken(r.Context())
		if access != (config.TokenUse == "access") || id != (config.TokenUse == "id") {
			t.Errorf("the handler has an access token: %t, an ID token: %t", access, id)
		}
	}))
}

// requirementsOf is what a config asks of a token beside being good.
func requirementsOf(r vectors.Require) (list []cognito.Requirement) {
	add := func(asked bool, requirement cognito.Requirement) {
		if asked {
			list = append(list, requirement)
		}
	}
	for name, values := range r.Claims {
		add(true, cognito.RequireClaim(name, values...))
	}
	add(len(r.AnyGroup) > 0, cognito.RequireAnyGroup(r.AnyGroup...))
	add(len(r.Groups) > 0, cognito.RequireGroups(r.Groups...))
	add(len(r.AnyScope) > 0, cognito.RequireAnyScope(r.AnyScope...))
	add(len(r.Scopes) > 0, cognito.RequireScopes(r.Scopes...))
	add(len(r.Audiences) > 0, cognito.RequireAudience(r.Audiences...))
	add(r.MaxAuthAgeSeconds > 0, cognito.RequireMaxAuthAge(time.Duration(r.MaxAuthAgeSeconds)*time.Second))
	add(r.ACR != "", cognito.RequireACR(r.ACR))
	add(r.Nonce != "", cognito.RequireNonce(r.Nonce))
	return list
}
