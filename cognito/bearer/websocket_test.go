package bearer_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func upgrade(r *http.Request, offered string) {
	r.Header.Set("Connection", "keep-alive, Upgrade")
	r.Header.Set("Upgrade", "websocket")
	r.Header.Set("Sec-WebSocket-Version", "13")
	r.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	r.Header.Set("Sec-WebSocket-Protocol", offered)
}

func TestWebSocket(t *testing.T) {
	s := newScene(t, false, bearer.Config{WebSocketSubprotocol: "bearer"}, nil)
	pool := s.issuer.Pool()
	good := pool.AccessToken()
	tests := []struct {
		name    string
		change  func(*http.Request)
		status  int
		body    string
		offered string // what the handler sees
	}{
		{"token", func(r *http.Request) { upgrade(r, "chat, bearer, "+good) }, 200, "access " + cognitotest.Subject, "chat, bearer"},
		{"bad token", func(r *http.Request) { upgrade(r, "bearer, "+pool.AccessToken(cognitotest.Expired())) }, 401, "token_expired", ""},
		{"header", func(r *http.Request) { upgrade(r, "chat"); withBearer(good)(r) }, 200, "access " + cognitotest.Subject, "chat"},
		{"neither", func(r *http.Request) { upgrade(r, "chat") }, 401, "token_missing", ""},
		{"both", func(r *http.Request) { upgrade(r, "bearer, "+good); withBearer(good)(r) }, 400, "request_invalid", ""},
		{"and the query", func(r *http.Request) { upgrade(r, "bearer, "+good); r.URL.RawQuery = "access_token=a" }, 400, "request_invalid", ""},
		{"and a malformed header", func(r *http.Request) { upgrade(r, "bearer, "+good); r.Header.Set("Authorization", "Bearer") }, 400, "request_invalid", ""},
		{"and another scheme", func(r *http.Request) { upgrade(r, "bearer, "+good); r.SetBasicAuth("u", "p") }, 200, "access " + cognitotest.Subject, "bearer"},
		{"nothing after the name", func(r *http.Request) { upgrade(r, "bearer") }, 400, "request_invalid", ""},
		{"twice", func(r *http.Request) { upgrade(r, "bearer, "+good+", bearer, "+good) }, 400, "request_invalid", ""},
		{"the token again", func(r *http.Request) { upgrade(r, "bearer, "+good+", "+good) }, 400, "request_invalid", ""},
		{"the token before too", func(r *http.Request) { upgrade(r, good+", bearer, "+good) }, 400, "request_invalid", ""},
		{"another token", func(r *http.Request) { upgrade(r, "bearer, "+good+", "+pool.IDToken()) }, 400, "request_invalid", ""},
		{"a refresh token", func(r *http.Request) { upgrade(r, "bearer, "+good+", "+pool.RefreshToken()) }, 400, "request_invalid", ""},
		{"the name in another case", func(r *http.Request) { upgrade(r, "Bearer, "+good) }, 400, "request_invalid", ""},
		{"the name in another case and a header", func(r *http.Request) { upgrade(r, "Bearer, "+good); withBearer(good)(r) }, 400, "request_invalid", ""},
		{"no upgrade", func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", "bearer, "+good) }, 401, "token_missing", ""},
		{"upgrade to something else", func(r *http.Request) { upgrade(r, "bearer, "+good); r.Header.Set("Upgrade", "h2c") }, 401, "token_missing", ""},
		{"POST", func(r *http.Request) { upgrade(r, "bearer, "+good); r.Method = http.MethodPost }, 401, "token_missing", ""},
	}
	for _, test := range tests {
		response, body := s.ask(t, test.change)
		if response.StatusCode != test.status || !strings.Contains(body, test.body) {
			t.Errorf("%s: %s %q", test.name, response.Status, body)
		}
		if offered := response.Header.Get("Offered"); response.StatusCode == http.StatusOK && offered != test.offered {
			t.Errorf("%s: the handler sees %q", test.name, offered)
		}
		signature := good[strings.LastIndexByte(good, '.')+1:]
		if strings.Contains(body+s.logs.String(), signature) {
			t.Errorf("%s: the token is in %q or the log", test.name, body)
		}
	}
}

// A token that nobody looks at must not make its sender nobody, nor reach the
// handler.
func TestWebSocketOptional(t *testing.T) {
	s := newScene(t, false, bearer.Config{WebSocketSubprotocol: "bearer", Optional: true}, nil)
	good := s.issuer.Pool().AccessToken()
	for offered, want := range map[string]int{
		"chat, v1.chat.example":     http.StatusOK,
		"bearer, " + good:           http.StatusOK,
		"Bearer, " + good:           http.StatusBadRequest,
		good:                        http.StatusBadRequest,
		"bearer, x, " + good:        http.StatusBadRequest,
		"bearer, short.one, x":      http.StatusUnauthorized, // a token, and a bad one
		"bearer, short, chat,short": http.StatusBadRequest,
	} {
		response, body := s.ask(t, func(r *http.Request) { upgrade(r, offered) })
		if response.StatusCode != want || (want == http.StatusBadRequest && !strings.Contains(body, "request_invalid")) {
			t.Errorf("%.30q…: %s %s, want %d", offered, response.Status, body, want)
		}
	}
}

// TestTokenWithoutAHandshakeIsNotAnonymous: the handler would see the token.
func TestTokenWithoutAHandshakeIsNotAnonymous(t *testing.T) {
	s := newScene(t, false, bearer.Config{WebSocketSubprotocol: "bearer", Optional: true}, nil)
	good := s.issuer.Pool().AccessToken()
	for name, change := range map[string]func(*http.Request){
		"no upgrade":                func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", "bearer, "+good) },
		"no upgrade, in two lines":  func(r *http.Request) { r.Header["Sec-Websocket-Protocol"] = []string{"bearer", good} },
		"the token alone":           func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", good) },
		"another case":              func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", "Bearer, x") },
		"upgrade to something else": func(r *http.Request) { upgrade(r, "bearer, "+good); r.Header.Set("Upgrade", "h2c") },
		"POST":                      func(r *http.Request) { upgrade(r, "bearer, "+good); r.Method = http.MethodPost },
	} {
		response, body := s.ask(t, change)
		if response.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "token_missing") {
			t.Errorf("%s: %s %s", name, response.Status, body)
		}
	}
	response, body := s.ask(t, func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", "chat") })
	if response.StatusCode != http.StatusOK {
		t.Errorf("no token: %s %s", response.Status, body)
	}
}

// Where it is not asked for, a subprotocol is not a place for tokens.
func TestWebSocketIsOptIn(t *testing.T) {
	s := newScene(t, false, bearer.Config{}, nil)
	response, body := s.ask(t, func(r *http.Request) { upgrade(r, "bearer, "+s.issuer.Pool().AccessToken()) })
	if response.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "token_missing") {
		t.Errorf("%s %s", response.Status, body)
	}
}

// The inner middleware verifies what the outer one took out of the list, and
// whoever is around both keeps its request.
func TestWebSocketNested(t *testing.T) {
	issuer, verifier := newVerifier(t)
	outer, err1 := bearer.Middleware(bearer.Config{Verifier: verifier, WebSocketSubprotocol: "bearer"})
	inner, err2 := bearer.Middleware(bearer.Config{Verifier: verifier, WebSocketSubprotocol: "bearer", Require: []cognito.Requirement{cognito.RequireGroups("staff")}})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	nested := outer(inner(http.HandlerFunc(whoami)))
	for raw, want := range map[string]int{
		issuer.Pool().AccessToken(cognitotest.Groups("staff")): http.StatusOK,
		issuer.Pool().AccessToken():                            http.StatusForbidden,
	} {
		offered := "bearer, " + raw + ", chat"
		var sent *http.Request
		w := serve(nested, func(r *http.Request) { upgrade(r, offered); sent = r })
		if w.Code != want || (want == http.StatusOK && w.Header().Get("Offered") != "bearer, chat") {
			t.Errorf("%d %s, want %d", w.Code, w.Body, want)
		}
		if got := sent.Header.Get("Sec-WebSocket-Protocol"); got != offered {
			t.Errorf("the request of the caller was changed to offer %q", got)
		}
	}
}
