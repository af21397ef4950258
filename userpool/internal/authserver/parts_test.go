package authserver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// RFC 7636, appendix B.
func TestVerifierMatches(t *testing.T) {
	t.Parallel()
	const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	if got := s256(verifier); got != challenge {
		t.Errorf("s256 %q, want %q", got, challenge)
	}
	long := strings.Repeat("a", 129)
	for _, tc := range []struct {
		verifier, challenge string
		want                bool
	}{
		{verifier, challenge, true},
		{"", "", true},
		{verifier, "", false},
		{"", challenge, false},
		{challenge, challenge, false},
		{verifier[:42], s256(verifier[:42]), false},
		{long, s256(long), false},
		{long[:128], s256(long[:128]), true},
		{verifier + "=", s256(verifier + "="), false},
	} {
		if got := verifierMatches(tc.verifier, tc.challenge); got != tc.want {
			t.Errorf("verifierMatches(%q, %q) = %t", tc.verifier, tc.challenge, got)
		}
	}
}

// Requests that need keys wait for them, and give up with their context.
func TestWaitingForKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t, io.Discard, nil)
	release := make(chan struct{})
	defer close(release)
	slow := issuer.New(issuer.Config{
		Store: slowStore{w.store, release}, Now: w.now, Random: w.random, URL: w.issuerURL,
	})
	w.signIns.Issuer = slow
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the client has gone"))
	token := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(newCode(t, w, "code").Encode()+"&grant_type=authorization_code&client_id=local-client"))
	token.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, r := range []*http.Request{
		token,
		httptest.NewRequest(http.MethodGet, "/us-east-1_Local0001/.well-known/jwks.json", nil),
	} {
		rec := httptest.NewRecorder()
		w.mux.ServeHTTP(rec, r.WithContext(ctx))
		if rec.Code != http.StatusServiceUnavailable || rec.Body.String() != `{"error":"server_error"}`+"\n" {
			t.Errorf("%s: %d %s", r.URL.Path, rec.Code, rec.Body)
		}
	}
	if err := slow.Rotate(ctx, testPool, 0); err == nil {
		t.Error("rotated keys that were never there")
	}
}

// slowStore reads once it is released.
type slowStore struct {
	store.Store
	release chan struct{}
}

func (s slowStore) View(ctx context.Context, read func(store.Tx) error) error {
	<-s.release
	return s.Store.View(ctx, read)
}

func TestSameSecret(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		sent, want string
		same       bool
	}{
		{"a+b", "a+b", true}, {"a%2Bb", "a+b", true}, {"", "", true},
		{"a b", "a+b", false}, {"", "x", false}, {"x", "", false}, {"%zz", "x", false},
	} {
		if got := sameSecret(tc.sent, tc.want); got != tc.same {
			t.Errorf("sameSecret(%q, %q) = %t", tc.sent, tc.want, got)
		}
	}
}
