package keyset_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

const address = "https://issuer.example/.well-known/jwks.json"

// TestMain generates the keys outside of any synctest bubble: the FIPS module
// takes its entropy from a clock that moves.
func TestMain(m *testing.M) {
	keyOne()
	keyTwo()
	m.Run()
}

var (
	keyOne = sync.OnceValue(generate)
	keyTwo = sync.OnceValue(generate)
)

func generate() *rsa.PublicKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return &key.PublicKey
}

// jwk returns one member of a key set; extra is appended to its members.
func jwk(id string, key *rsa.PublicKey, extra string) string {
	n := base64.RawURLEncoding.EncodeToString(key.N.Bytes())
	e := base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())
	return fmt.Sprintf(`{"kty":"RSA","kid":%q,"n":%q,"e":%q%s}`, id, n, e, extra)
}

func jwks(members ...string) string {
	return `{"keys":[` + strings.Join(members, ",") + `]}`
}

func setOne() string { return jwks(jwk("one", keyOne(), "")) }
func setTwo() string { return jwks(jwk("two", keyTwo(), "")) }
func both() string   { return jwks(jwk("one", keyOne(), ""), jwk("two", keyTwo(), "")) }

// An endpoint is a transport whose answer can be changed. The zero value answers
// 404.
type endpoint struct {
	mu     sync.Mutex
	answer func(*http.Request) (*http.Response, error)
	asked  []time.Time
	now    func() time.Time
}

func (e *endpoint) RoundTrip(request *http.Request) (*http.Response, error) {
	e.mu.Lock()
	now := time.Now
	if e.now != nil {
		now = e.now
	}
	e.asked = append(e.asked, now())
	answer := e.answer
	e.mu.Unlock()
	if answer == nil {
		return respond(404, "")(request)
	}
	return answer(request)
}

func (e *endpoint) set(answer func(*http.Request) (*http.Response, error)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.answer = answer
}

// serve makes the endpoint answer well with that set.
func (e *endpoint) serve(body string, headers ...string) { e.set(respond(200, body, headers...)) }

func (e *endpoint) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.asked)
}

func (e *endpoint) times() []time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]time.Time(nil), e.asked...)
}

// respond answers with a status, a body and headers as name, value, name, …
func respond(status int, body string, headers ...string) func(*http.Request) (*http.Response, error) {
	return func(request *http.Request) (*http.Response, error) {
		response := &http.Response{
			StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: http.Header{}, ContentLength: -1,
			Body: io.NopCloser(strings.NewReader(body)), Request: request,
		}
		for i := 0; i+1 < len(headers); i += 2 {
			response.Header.Add(headers[i], headers[i+1])
		}
		return response, nil
	}
}

// after answers later, or not at all where the request ends before.
func after(d time.Duration, answer func(*http.Request) (*http.Response, error)) func(*http.Request) (*http.Response, error) {
	return func(request *http.Request) (*http.Response, error) {
		select {
		case <-time.After(d):
			return answer(request)
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
}

// hang never answers.
func hang(request *http.Request) (*http.Response, error) {
	<-request.Context().Done()
	return nil, request.Context().Err()
}

func refuse(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }

// remote returns a source on e, with jitter always 0 unless edit says otherwise.
func remote(t testing.TB, e *endpoint, edit ...func(*keyset.RemoteConfig)) *keyset.Remote {
	t.Helper()
	config := keyset.RemoteConfig{
		URL:        address,
		HTTPClient: &http.Client{Transport: e},
		Jitter:     func() float64 { return 0 },
	}
	for _, edit := range edit {
		edit(&config)
	}
	source, err := keyset.NewRemote(config)
	if err != nil {
		t.Fatal(err)
	}
	return source
}

func mustKey(t testing.TB, source keyset.Source, id string) *keyset.Key {
	t.Helper()
	key, err := source.Key(context.Background(), id)
	if err != nil {
		t.Fatalf("Key(%q): %v", id, err)
	}
	if key.ID() != id {
		t.Fatalf("Key(%q) is named %q", id, key.ID())
	}
	return key
}

func mustNotFind(t testing.TB, source keyset.Source, id string) {
	t.Helper()
	if key, err := source.Key(context.Background(), id); err != keyset.ErrKeyNotFound || key != nil {
		t.Fatalf("Key(%q) = %v, %v; want ErrKeyNotFound", id, key, err)
	}
}

func mustBeUnavailable(t testing.TB, source keyset.Source, id string) *keyset.UnavailableError {
	t.Helper()
	key, err := source.Key(context.Background(), id)
	if key != nil {
		t.Fatalf("Key(%q) found a key", id)
	}
	return unavailable(t, err)
}

func unavailable(t testing.TB, err error) *keyset.UnavailableError {
	t.Helper()
	found, ok := errors.AsType[*keyset.UnavailableError](err)
	if !ok {
		t.Fatalf("error %v is not an UnavailableError", err)
	}
	if errors.Is(err, keyset.ErrKeyNotFound) {
		t.Errorf("%v is both kinds of error", err)
	}
	if found.RetryAfter() <= 0 {
		t.Errorf("RetryAfter = %v", found.RetryAfter())
	}
	return found
}

func wantFetches(t testing.TB, e *endpoint, want int) {
	t.Helper()
	if got := e.count(); got != want {
		t.Fatalf("%d fetches, want %d", got, want)
	}
}

// A handClock moves only when it is told to.
type handClock struct {
	mu     sync.Mutex
	now    time.Time
	timers map[*handTimer]bool
}

type handTimer struct {
	at time.Time
	f  func()
}

func newHandClock() *handClock {
	return &handClock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), timers: map[*handTimer]bool{}}
}

func (c *handClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *handClock) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	timer := &handTimer{c.now.Add(d), f}
	c.timers[timer] = true
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		pending := c.timers[timer]
		delete(c.timers, timer)
		return pending
	}
}

// move moves the clock, backwards too, and calls what is due by then.
func (c *handClock) move(d time.Duration) {
	c.mu.Lock()
	c.now = c.now.Add(d)
	var due []func()
	for timer := range c.timers {
		if !timer.at.After(c.now) {
			due = append(due, timer.f)
			delete(c.timers, timer)
		}
	}
	c.mu.Unlock()
	for _, f := range due {
		f()
	}
}

func (c *handClock) pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.timers)
}

// A logBuffer collects log lines.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func (b *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
