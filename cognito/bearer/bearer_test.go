package bearer_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// scene is a protected server over a real connection, HTTP/2 where wanted, and what
// it logged.
type scene struct {
	issuer *cognitotest.Issuer
	server *httptest.Server
	logs   *logBuffer
}

type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// newScene serves a handler that answers who it sees. revoked decides for
// cognito.Config.Revoked.
func newScene(t *testing.T, http2 bool, config bearer.Config, revoked func(context.Context, cognito.Token, cognito.Raw) (bool, error)) *scene {
	t.Helper()
	s := &scene{issuer: cognitotest.NewIssuer(), logs: &logBuffer{}}
	trust := s.issuer.Config()
	trust.Revoked = revoked
	verifier, err := cognito.New(trust)
	if err != nil {
		t.Fatal(err)
	}
	config.Verifier = verifier
	config.Logger = slog.New(slog.NewJSONHandler(s.logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	protect, err := bearer.Middleware(config)
	if err != nil {
		t.Fatal(err)
	}
	s.server = httptest.NewUnstartedServer(protect(http.HandlerFunc(whoami)))
	s.server.EnableHTTP2 = http2
	s.server.StartTLS()
	t.Cleanup(s.server.Close)
	return s
}

func whoami(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Offered", r.Header.Get("Sec-WebSocket-Protocol"))
	if token, ok := bearer.AccessToken(r.Context()); ok {
		_, _ = io.WriteString(w, "access "+token.Subject())
	}
	if token, ok := bearer.IDToken(r.Context()); ok {
		_, _ = io.WriteString(w, "id "+token.Subject())
	}
}

// ask sends a request and returns the answer and its body.
func (s *scene) ask(t *testing.T, change func(*http.Request)) (response *http.Response, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.server.URL+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	change(request)
	response, err = s.server.Client().Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	all, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(all)
}

func withBearer(raw string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+raw) }
}

func TestGoodTokens(t *testing.T) {
	for use, mint := range map[cognito.TokenUse]func(*cognitotest.Pool) string{
		cognito.TokenUseAccess: func(p *cognitotest.Pool) string { return p.AccessToken() },
		cognito.TokenUseID:     func(p *cognitotest.Pool) string { return p.IDToken() },
	} {
		for _, http2 := range []bool{false, true} {
			s := newScene(t, http2, bearer.Config{TokenUse: use}, nil)
			response, body := s.ask(t, withBearer(mint(s.issuer.Pool())))
			if response.StatusCode != http.StatusOK || body != string(use)+" "+cognitotest.Subject || s.logs.String() != "" {
				t.Errorf("%s: %s %q, logged %q", use, response.Status, body, s.logs)
			}
		}
	}
}

func TestOptional(t *testing.T) {
	s := newScene(t, false, bearer.Config{Optional: true}, nil)
	good := s.issuer.Pool().AccessToken()
	header := func(value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", value) }
	}
	query := func(raw string) func(*http.Request) { return func(r *http.Request) { r.URL.RawQuery = raw } }
	tests := []struct {
		name   string
		change func(*http.Request)
		status int
		body   string
	}{
		{"nothing", func(*http.Request) {}, 200, ""},
		{"another query", query("access=token"), 200, ""},
		{"another scheme", func(r *http.Request) { r.SetBasicAuth("u", "p") }, 401, "token_missing"},
		{"another scheme and bearer in one", header("Basic x, Bearer " + good), 401, "token_missing"},
		{"the token without a scheme", header(good), 401, "token_missing"},
		{"an empty header", header(""), 401, "token_missing"},
		{"a token in the query", query("access_token=" + good), 401, "token_missing"},
		{"a token in the query, escaped", query("a=b&access%5Ftoken=" + good), 401, "token_missing"},
		{"good", withBearer(good), 200, "access " + cognitotest.Subject},
		{"expired", withBearer(s.issuer.Pool().AccessToken(cognitotest.Expired())), 401, "token_expired"},
		{"malformed", func(r *http.Request) { r.Header.Set("Authorization", "Bearer") }, 400, "request_invalid"},
	}
	for _, test := range tests {
		response, body := s.ask(t, test.change)
		if response.StatusCode != test.status || !strings.Contains(body, test.body) || (test.body == "" && body != "") {
			t.Errorf("%s: %s %q", test.name, response.Status, body)
		}
	}
}

func TestPreflight(t *testing.T) {
	s := newScene(t, true, bearer.Config{}, nil)
	tests := []struct {
		name                 string
		method, origin, asks string
		status               int
	}{
		{"preflight", "OPTIONS", "https://app.example", "GET", 200},
		{"no Origin", "OPTIONS", "", "GET", 401},
		{"no Access-Control-Request-Method", "OPTIONS", "https://app.example", "", 401},
		{"another method", "GET", "https://app.example", "GET", 401},
	}
	for _, test := range tests {
		response, body := s.ask(t, func(r *http.Request) {
			r.Method = test.method
			r.Header.Set("Origin", test.origin)
			r.Header.Set("Access-Control-Request-Method", test.asks)
			if test.status == 200 { // not looked at
				withBearer(s.issuer.Pool().AccessToken())(r)
			}
		})
		_, handled := response.Header["Offered"] // the handler sets it
		if response.StatusCode != test.status || handled != (test.status == 200) || (test.status == 200 && body != "") {
			t.Errorf("%s: %s %q, reached the handler: %t", test.name, response.Status, body, handled)
		}
	}
}

func TestConcurrentRequests(t *testing.T) {
	s := newScene(t, true, bearer.Config{}, nil)
	good, bad := s.issuer.Pool().AccessToken(), s.issuer.Pool().AccessToken(cognitotest.WrongKey())
	var all sync.WaitGroup
	for n := range 40 {
		all.Go(func() {
			send, want := good, 200
			if n%2 == 1 {
				send, want = bad, 401
			}
			if response, body := s.ask(t, withBearer(send)); response.StatusCode != want {
				t.Errorf("%s: %s", response.Status, body)
			}
		})
	}
	all.Wait()
	if n := s.issuer.Pool().KeySetRequests(); n != 1 {
		t.Errorf("%d requests for the key set, want 1", n)
	}
}

// Under any spelling of its name the header is one header, to HTTP/1.1 as to
// HTTP/2; with an underscore it is another one.
func TestHeaderSpellings(t *testing.T) {
	s := newScene(t, false, bearer.Config{}, nil)
	good := s.issuer.Pool().AccessToken()
	for lines, want := range map[string]string{
		"AUTHORIZATION: bearer " + good + "\r\n":                                       "200",
		"authorization:\tBearer  " + good + " \t\r\n":                                  "200",
		"authorization: Bearer " + good + "\r\nAuthorization: Bearer " + good + "\r\n": "400",
		"X_Authorization: Bearer " + good + "\r\n":                                     "401",
		"Authorization : Bearer " + good + "\r\n":                                      "400", // net/http's own
	} {
		conn, err := tls.Dial("tcp", s.server.Listener.Addr().String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"+lines+"\r\n")
		answer, readErr := io.ReadAll(conn)
		conn.Close()
		if err = errors.Join(err, readErr); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 "+want) {
			t.Errorf("%.40q…: %.200s, want %s, %v", lines, answer, want, err)
		}
	}
}

func TestClientGoneWhileWaiting(t *testing.T) {
	s := newScene(t, false, bearer.Config{}, nil)
	s.issuer.Pool().SlowKeySet(time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_ = s.issuer.Clock().AwaitTimers(t.Context(), 2)
		cancel()
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	withBearer(s.issuer.Pool().AccessToken())(request)
	// The answer to a client that leaves may still reach it.
	if response, err := s.server.Client().Do(request); err == nil {
		response.Body.Close()
		if response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("answered %s", response.Status)
		}
	}
	s.server.Close() // waits for the handler
	if logged := s.logs.String(); strings.Contains(logged, "WARN") || !strings.Contains(logged, "keys_unavailable") {
		t.Errorf("logged %s", logged)
	}
}
