package userpool

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"
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

func TestPasswordVerifier(t *testing.T) {
	t.Parallel()
	random := &randomSource{r: strings.NewReader(strings.Repeat("0123456789abcdef", 8))}
	v, err := newPasswordVerifier(random, "Passw0rd!")
	if err != nil {
		t.Fatal(err)
	}
	if !v.matches("Passw0rd!") || v.matches("passw0rd!") || v.matches("") || (passwordVerifier{}).matches("") {
		t.Error("matches what it must not, or not what it must")
	}
}

// Requests that need keys wait for them, and give up with their context.
func TestWaitingForKeys(t *testing.T) {
	t.Parallel()
	server, err := New(Config{PublicURL: "http://pool.test"})
	if err != nil {
		t.Fatal(err)
	}
	never := &keyRing{ready: make(chan struct{})}
	server.pools["us-east-1_Local0001"].keys = never
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("the client has gone"))
	token := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader("grant_type=client_credentials&client_id=local-machine&client_secret=local-secret"))
	token.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, r := range []*http.Request{
		token,
		httptest.NewRequest(http.MethodGet, "/us-east-1_Local0001/.well-known/jwks.json", nil),
	} {
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, r.WithContext(ctx))
		if rec.Code != http.StatusServiceUnavailable || rec.Body.String() != `{"error":"server_error"}`+"\n" {
			t.Errorf("%s: %d %s", r.URL.Path, rec.Code, rec.Body)
		}
	}
	if err := server.RotateKeys(ctx, "us-east-1_Local0001", 0); err == nil {
		t.Error("rotated keys that were never made")
	}
}

func TestMemoryStoreForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	m := newMemoryStore(func() time.Time { return now })
	ctx := t.Context()
	put := func(id string, end time.Time) {
		t.Helper()
		if err := m.PutCode(ctx, digestOf(id), authorizationCode{ExpiresAt: end}); err != nil {
			t.Fatal(err)
		}
	}
	put("lasting", now.Add(time.Hour))
	for i := range 10 * minSweep {
		now = now.Add(time.Second)
		put(string(rune(i)), now.Add(time.Second))
		if i == minSweep {
			if _, err := m.TakeCode(ctx, digestOf("lasting")); err != nil {
				t.Errorf("a live code was swept: %v", err)
			}
		}
	}
	if n := len(m.codes.entries); n > 2*minSweep {
		t.Errorf("%d codes are kept", n)
	}
}

func TestReplaceRefreshToken(t *testing.T) {
	t.Parallel()
	now := time.Unix(1000, 0)
	m := newMemoryStore(func() time.Time { return now })
	ctx := t.Context()
	replace := func(id string, at time.Time, grace time.Duration) error {
		return m.ReplaceRefreshToken(ctx, digestOf(id), at, grace, digestOf("next"), refreshToken{})
	}
	if err := replace("old", now, 0); !errors.Is(err, errNotFound) {
		t.Errorf("unknown: %v", err)
	}
	if err := errors.Join(
		m.PutCode(ctx, digestOf("code"), authorizationCode{}),
		m.PutRefreshToken(ctx, digestOf("code"), digestOf("old"), refreshToken{ExpiresAt: now.Add(time.Hour)}),
	); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after, grace time.Duration
		want         error
	}{
		{0, 0, nil},
		{0, 0, errReplaced},
		{-time.Hour, 0, errReplaced}, // a clock that was set back
		{9 * time.Second, 10 * time.Second, nil},
		{10 * time.Second, 10 * time.Second, errReplaced},
	} {
		if err := replace("old", now.Add(step.after), step.grace); !errors.Is(err, step.want) {
			t.Errorf("%+v: %v", step, err)
		}
	}
}

// A source of randomness that fails must stop what needs it.
func TestRandomFailure(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	(&randomSource{r: iotest.ErrReader(errors.New("broken"))}).bytes(1)
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
