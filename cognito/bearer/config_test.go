package bearer_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func newVerifier(t testing.TB) (*cognitotest.Issuer, *cognito.Verifier) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	return issuer, verifier
}

// serve asks the handler without a connection.
func serve(handler http.Handler, change func(*http.Request)) *httptest.ResponseRecorder {
	w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil)
	change(r)
	handler.ServeHTTP(w, r)
	return w
}

func TestNewReportsEveryFault(t *testing.T) {
	protect, err := bearer.Middleware(bearer.Config{TokenUse: "refresh", Realm: `a"b`, WebSocketSubprotocol: "a,b", Require: []cognito.Requirement{{}}})
	if protect != nil || err == nil {
		t.Fatal("no error")
	}
	for _, field := range []string{"Config.Verifier", "Config.TokenUse", "Config.Realm", "Config.WebSocketSubprotocol", "Config.Require[0]"} {
		if !strings.Contains(err.Error(), field) {
			t.Errorf("%s is not in: %v", field, err)
		}
	}
}

func TestZeroValuesDeny(t *testing.T) {
	issuer, verifier := newVerifier(t)
	for name, protect := range map[string]func(http.Handler) http.Handler{
		"no verifier":           bearer.Require(nil),
		"an empty requirement":  bearer.Require(verifier, cognito.Requirement{}),
		"an ID token by access": bearer.RequireIDToken(nil),
	} {
		w := serve(protect(http.HandlerFunc(whoami)), withBearer(issuer.Pool().AccessToken()))
		if w.Code != http.StatusForbidden || !strings.Contains(w.Body.String(), "access_denied") {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

func TestRequireIDToken(t *testing.T) {
	issuer, verifier := newVerifier(t)
	handler := bearer.RequireIDToken(verifier, cognito.RequireGroups("staff"))(http.HandlerFunc(whoami))
	for raw, want := range map[string]int{
		issuer.Pool().IDToken(cognitotest.Groups("staff")):     200,
		issuer.Pool().IDToken():                                403,
		issuer.Pool().AccessToken(cognitotest.Groups("staff")): 401,
	} {
		if w := serve(handler, withBearer(raw)); w.Code != want {
			t.Errorf("%d %s, want %d", w.Code, w.Body, want)
		}
	}
}

// The inner middleware verifies anew, and what it did not accept the handler does
// not see.
func TestNested(t *testing.T) {
	issuer, verifier := newVerifier(t)
	inner := bearer.Require(verifier, cognito.RequireGroups("staff"))(http.HandlerFunc(whoami))
	nested := bearer.Require(verifier)(inner)
	if w := serve(nested, withBearer(issuer.Pool().AccessToken())); w.Code != http.StatusForbidden {
		t.Errorf("without the group: %d", w.Code)
	}
	if w := serve(nested, withBearer(issuer.Pool().AccessToken(cognitotest.Groups("staff")))); w.Body.String() != "access "+cognitotest.Subject {
		t.Errorf("with the group: %d %s", w.Code, w.Body)
	}
	sockets, err1 := bearer.Middleware(bearer.Config{Verifier: verifier, WebSocketSubprotocol: "bearer"})
	optional, err2 := bearer.Middleware(bearer.Config{Verifier: verifier, Optional: true})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	w := serve(sockets(optional(http.HandlerFunc(whoami))), func(r *http.Request) {
		upgrade(r, "bearer, "+issuer.Pool().AccessToken())
	})
	if w.Code != 200 || strings.Contains(w.Body.String(), cognitotest.Subject) {
		t.Errorf("the token of an outer middleware, from where the inner one does not look: %d %s", w.Code, w.Body)
	}
}

func TestErrorHandler(t *testing.T) {
	issuer, verifier := newVerifier(t)
	protect, err := bearer.Middleware(bearer.Config{Verifier: verifier, ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
		w.Header().Set("WWW-Authenticate", bearer.Challenge(err, "mine"))
		http.Error(w, "sorry", bearer.StatusCode(err))
	}})
	if err != nil {
		t.Fatal(err)
	}
	w := serve(protect(http.HandlerFunc(whoami)), withBearer(issuer.Pool().AccessToken(cognitotest.Expired())))
	if w.Code != 401 || w.Body.String() != "sorry\n" || !strings.HasPrefix(w.Header().Get("WWW-Authenticate"), `Bearer realm="mine", error="invalid_token"`) {
		t.Errorf("%d %s %v", w.Code, w.Body, w.Header())
	}
}

// What a handler panics with is the server's to see.
func TestPanicsPass(t *testing.T) {
	issuer, verifier := newVerifier(t)
	handler := bearer.Require(verifier)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("the panic did not come through")
		}
	}()
	serve(handler, withBearer(issuer.Pool().AccessToken()))
}

// BenchmarkMiddleware is what the middleware costs but for the verification: its
// requests have no token.
func BenchmarkMiddleware(b *testing.B) {
	issuer, verifier := newVerifier(b)
	protect, err := bearer.Middleware(bearer.Config{Verifier: verifier})
	if err != nil {
		b.Fatal(err)
	}
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	handler := protect(nothing)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	raw := issuer.Pool().AccessToken()
	withBearer(raw)(r)
	w := httptest.NewRecorder()
	b.Run("middleware", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			handler.ServeHTTP(w, r)
		}
	})
	b.Run("verifier", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := verifier.VerifyAccessToken(b.Context(), raw); err != nil {
				b.Fatal(err)
			}
		}
	})
}
