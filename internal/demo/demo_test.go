package demo

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/terminal"
)

// screen is where a demo under test prints to.
type screen struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func freePort(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func newConfig(t testing.TB, out *screen) Config {
	t.Helper()
	return Config{Pool: freePort(t), API: freePort(t), Out: out, Style: terminal.Style{Unicode: true}}
}

func TestOnceEndsAfterTheWalk(t *testing.T) {
	t.Parallel()
	out := &screen{}
	cfg := newConfig(t, out)
	cfg.Once = true
	if err := Run(t.Context(), cfg); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"a good token                   200\n",
		"an expired token               401 token_expired\n",
		"a token for another app        401 client_mismatch\n",
		"a token with a letter changed  401 signature_invalid\n",
		"All 11 steps passed",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	for line := range strings.Lines(out.String()) {
		if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
			t.Errorf("a line of %d characters: %q", n, line)
		}
	}
	if secret := regexp.MustCompile(`eyJ[A-Za-z0-9_-]{20}|Passw0rd|\x1b`).FindString(out.String()); secret != "" {
		t.Errorf("the output shows %q", secret)
	}
	if t.Failed() {
		t.Log(out)
	}
	for _, l := range []net.Listener{cfg.Pool, cfg.API} {
		if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
			t.Errorf("%s is still served", l.Addr())
		}
	}
}

func TestOutputFollowsTheStyle(t *testing.T) {
	t.Parallel()
	out := &screen{}
	cfg := newConfig(t, out)
	cfg.Once, cfg.Style = true, terminal.Style{Colour: true, Width: 60}
	if err := Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "\x1b[32mok\x1b[0m answer: 200") {
		t.Errorf("no green ok in\n%s", out)
	}
	if r := regexp.MustCompile(`[^\x00-\x7f]`).FindString(out.String()); r != "" {
		t.Errorf("%q is not ASCII", r)
	}
}

func TestErrorOfTheOutputIsReturned(t *testing.T) {
	t.Parallel()
	cfg := newConfig(t, nil)
	cfg.Once, cfg.Out = true, brokenWriter{}
	if err := Run(t.Context(), cfg); !errors.Is(err, errBroken) {
		t.Errorf("error %v, want that of the output", err)
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestFaultyConfigurationIsRejectedWithEveryFault(t *testing.T) {
	t.Parallel()
	err := Run(t.Context(), Config{})
	for _, field := range []string{"Config.Pool", "Config.API", "Config.Out"} {
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("error %v does not name %s", err, field)
		}
	}
}

func TestEndOfTheContextEndsTheWalk(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out := &screen{}
	if err := Run(ctx, newConfig(t, out)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
}

// A tamperer changes the answers of the servers.
type tamperer struct {
	next   http.RoundTripper
	change func(*http.Request, *http.Response)
}

func (m *tamperer) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := m.next.RoundTrip(r)
	if err == nil {
		m.change(r, response)
	}
	return response, err
}

// Every step is checked: the walk fails where an answer differs, and names it.
func TestUnexpectedAnswerFailsTheWalk(t *testing.T) {
	t.Parallel()
	isCall := func(r *http.Request) bool { return r.URL.Path == "/orders" }
	tests := []struct {
		name   string
		want   string
		change func(*http.Request, *http.Response)
	}{
		{"the API lets everybody in", `answer is "200", want "401 signature_invalid"`, func(r *http.Request, a *http.Response) {
			if isCall(r) && a.StatusCode == http.StatusUnauthorized {
				a.StatusCode = http.StatusOK
			}
		}},
		{"the API rejects every call", `a good token: answer is "401", want "200"`, func(r *http.Request, a *http.Response) {
			if isCall(r) && a.StatusCode == http.StatusOK {
				a.StatusCode = http.StatusUnauthorized
			}
		}},
		{"scopes do not count", `answer is "201", want "403 scope_missing"`, func(r *http.Request, a *http.Response) {
			if isCall(r) && r.Method == http.MethodPost {
				a.StatusCode = http.StatusCreated
			}
		}},
		{"no challenge", "the challenge of a 401", func(r *http.Request, a *http.Response) {
			if isCall(r) {
				a.Header.Del("WWW-Authenticate")
			}
		}},
		{"another state comes back", "state is not the one", func(_ *http.Request, a *http.Response) {
			location := a.Header.Get("Location")
			if strings.Contains(location, "code=") {
				a.Header.Set("Location", strings.Replace(location, "state=", "state=x", 1))
			}
		}},
		{"the pool goes elsewhere", "want http://127.0.0.1", func(_ *http.Request, a *http.Response) {
			if strings.Contains(a.Header.Get("Location"), "code=") {
				a.Header.Set("Location", "http://localhost:1/?error=denied")
			}
		}},
		{"no sign-in page", "does not send the browser to its sign-in page", func(r *http.Request, a *http.Response) {
			if r.URL.Path == "/oauth2/authorize" {
				a.Header.Del("Location")
			}
		}},
		{"the token endpoint refuses", "the token endpoint answers 400", func(r *http.Request, a *http.Response) {
			if r.URL.Path == "/oauth2/token" {
				a.StatusCode = http.StatusBadRequest
			}
		}},
		{"another issuer", "issuer is", func(r *http.Request, a *http.Response) {
			replaceBody(t, a, strings.HasSuffix(r.URL.Path, "openid-configuration"), `"issuer":"`, `"issuer":"https:`)
		}},
		{"a key is missing", "number of keys", func(r *http.Request, a *http.Response) {
			replaceBody(t, a, strings.HasSuffix(r.URL.Path, "jwks.json"), `"keys"`, `"others"`)
		}},
		{"the form has no CSRF field", `the form has no field "_csrf"`, func(r *http.Request, a *http.Response) {
			replaceBody(t, a, r.URL.Path == "/login", "_csrf", "other")
		}},
		{"somebody else calls", "the API knows its caller", func(r *http.Request, a *http.Response) {
			replaceBody(t, a, r.URL.Path == "/me", "anaya", "mallory")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			err := walkChanged(t, test.change)
			differences, ok := errors.AsType[*WalkError](err)
			if !ok || !strings.Contains(differences.Error(), test.want) {
				t.Errorf("error %v, want a difference with %q", err, test.want)
			}
		})
	}
}

// The pool binds the ID token to another sign-in.
func TestNonceOfAnotherSignInFailsTheWalk(t *testing.T) {
	t.Parallel()
	nonce := regexp.MustCompile(`nonce=[^&]*`)
	err := walkChanged(t, func(_ *http.Request, a *http.Response) {
		if location := a.Header.Get("Location"); location != "" {
			a.Header.Set("Location", nonce.ReplaceAllString(location, "nonce=of-another"))
		}
	})
	if err == nil || !strings.Contains(err.Error(), "nonce_mismatch") {
		t.Errorf("error %v, want one about the nonce", err)
	}
}

func walkChanged(t *testing.T, change func(*http.Request, *http.Response)) error {
	t.Helper()
	out := &screen{}
	cfg := newConfig(t, out)
	d, err := newDemo(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- d.servers.Run(serving) }()
	defer func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	}()
	w := d.newWalk()
	w.newClient = func(jar http.CookieJar) *http.Client {
		client := newHTTPClient(jar)
		client.Transport = &tamperer{client.Transport, change}
		return client
	}
	return w.walk(t.Context())
}

func replaceBody(t *testing.T, a *http.Response, when bool, from, to string) {
	t.Helper()
	if !when {
		return
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(a.Body); err != nil {
		t.Error(err)
	}
	a.Body.Close()
	a.Body = readCloser{strings.NewReader(strings.ReplaceAll(b.String(), from, to))}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// eventually waits for a text on the screen.
func (s *screen) eventually(t *testing.T, text string) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(s.String(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%q did not come in\n%s", text, s)
		}
	}
}
