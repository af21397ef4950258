package keyset_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// A server is a real one whose answer can be changed. It counts requests to the
// key set's path.
type server struct {
	*httptest.Server
	handler atomic.Pointer[http.HandlerFunc]
	asked   atomic.Int64
}

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/jwks.json" {
			s.asked.Add(1)
		}
		(*s.handler.Load())(w, request)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *server) handle(handler http.HandlerFunc) { s.handler.Store(&handler) }

func (s *server) serve(body string) {
	s.handle(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, body) })
}

// remote returns a source on s with a client of its own, and its clock.
func (s *server) remote(t *testing.T) (*keyset.Remote, *handClock) {
	t.Helper()
	clock := newHandClock()
	source, err := keyset.NewRemote(keyset.RemoteConfig{
		URL: s.URL + "/jwks.json", Clock: clock, Jitter: func() float64 { return 0 },
	})
	if err != nil {
		t.Fatal(err)
	}
	return source, clock
}

// bomb is a good set and 50 MB of spaces, compressed.
var bomb = sync.OnceValue(func() []byte {
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	io.WriteString(z, setTwo())
	spaces := strings.Repeat(" ", 1<<16)
	for range 50 << 4 {
		io.WriteString(z, spaces)
	}
	z.Close()
	return buf.Bytes()
})

func redirect(to func(*http.Request) string) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		http.Redirect(w, request, to(request), http.StatusFound)
	}
}

func TestFaultyAnswersNeverSpoilTheHeldSet(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, setTwo())
	}))
	defer elsewhere.Close()
	status := func(code int, headers ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(code)
			io.WriteString(w, setTwo()) // a good body does not help
		}
	}
	body := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, text) }
	}
	tests := map[string]struct {
		handler http.HandlerFunc
		reason  string
	}{
		"500":     {status(500), "status 500"},
		"429":     {status(429, "Retry-After", "120"), "status 429"},
		"403":     {status(403), "status 403"},
		"404":     {status(404), "status 404"},
		"201":     {status(201), "status 201"},
		"206":     {status(206), "status 206"},
		"304":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, "status 304"},
		"204":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }, "status 204"},
		"html":    {body("<!DOCTYPE html><title>Sign in</title>"), `not strict JSON (at byte 0), Content-Type "text/html; charset=utf-8"`},
		"nothing": {body(""), "not a complete JSON object"},
		"half, length announced": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(len(both())))
			io.WriteString(w, both()[:len(both())/2])
		}, "broke off"},
		"half, chunked": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, both()[:len(both())/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, "broke off"},
		"half, closed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Connection", "close")
			w.Header().Set("Transfer-Encoding", "identity")
			io.WriteString(w, both()[:len(both())/2])
		}, "not a complete JSON object"},
		"50 MB, announced": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(50<<20))
			w.(http.Flusher).Flush()
		}, "larger than 1048576 bytes"},
		"50 MB, streamed": {func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, setTwo())
			spaces := strings.Repeat(" ", 1<<16)
			for range 50 << 4 {
				if _, err := io.WriteString(w, spaces); err != nil {
					return
				}
			}
		}, "larger than 1048576 bytes"},
		"50 MB, compressed": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb())
		}, "larger than 1048576 bytes"},
		"redirect elsewhere":  {redirect(func(*http.Request) string { return elsewhere.URL + "/jwks.json" }), "redirects to another origin"},
		"redirect to https":   {redirect(func(r *http.Request) string { return "https://" + r.Host + "/jwks.json" }), "redirects to another origin"},
		"redirect to a file":  {redirect(func(*http.Request) string { return "file:///etc/passwd" }), "redirects to another origin"},
		"redirect in circles": {redirect(func(*http.Request) string { return "/jwks.json" }), "redirects more than 3 times"},
		"empty set":           {body(`{"keys":[]}`), "no usable key: it is empty"},
		"poisoned set": {body(jwks(`{"kty":"oct","kid":"one","k":"AAAA"}`, jwk("e", keyTwo(), `,"use":"enc"`),
			jwk("x", keyOne(), ""), jwk("x", keyTwo(), ""))), "no usable key: key 0"},
		"repeated names": {body(`{"keys":[],` + setTwo()[1:]), "repeats a member name"},
		"not a set":      {body(`{"issuer":"x"}`), "no keys member"},
		"cut connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			s.serve(setOne())
			source, clock := s.remote(t)
			key := mustKey(t, source, "one")

			s.handle(test.handler)
			clock.move(10 * time.Second)
			err := mustBeUnavailable(t, source, "two")
			if !strings.Contains(err.Error(), test.reason) || !strings.Contains(err.Error(), s.URL) {
				t.Errorf("error %q does not say %q", err, test.reason)
			}
			if strings.Contains(err.Error(), "Sign in") {
				t.Errorf("error %q quotes the body", err)
			}
			if strings.Count(err.Error(), "keyset:") != 1 {
				t.Errorf("error %q", err)
			}
			if mustKey(t, source, "one") != key {
				t.Error("the held key was replaced")
			}
			clock.move(23 * time.Hour)
			if mustKey(t, source, "one") != key {
				t.Error("the held key was replaced")
			}
			// An unknown name waits for the attempt that this has started.
			mustBeUnavailable(t, source, "two")
			// Recovery needs no restart.
			s.serve(both())
			clock.move(5 * time.Minute)
			mustKey(t, source, "two")

			// And the same fault at a cold start.
			s.handle(test.handler)
			cold, clock := s.remote(t)
			mustBeUnavailable(t, cold, "one")
			s.serve(setOne())
			clock.move(5 * time.Minute)
			mustKey(t, cold, "one")
		})
	}
}

func TestRequestHeaders(t *testing.T) {
	s := newServer(t)
	s.handle(func(w http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodGet || request.Header.Get("Accept") != "application/json" ||
			request.Header.Get("User-Agent") != "poolguard-keyset" || request.Header.Get("Authorization") != "" {
			t.Errorf("request %s %v", request.Method, request.Header)
		}
		w.Header().Set("Content-Type", "binary/octet-stream") // as object stores say
		io.WriteString(w, setOne())
	})
	source, _ := s.remote(t)
	mustKey(t, source, "one")
}

// A server that never answers holds up a lookup for Policy.Timeout by the
// configured clock, and nothing stays behind.
func TestHangingServer(t *testing.T) {
	for name, first := range map[string]string{"no answer": "", "half a body": "{"} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t)
			arrived, gone := make(chan struct{}, 1), make(chan struct{}, 1)
			s.handle(func(w http.ResponseWriter, request *http.Request) {
				if first != "" {
					io.WriteString(w, first)
					w.(http.Flusher).Flush()
				}
				arrived <- struct{}{}
				<-request.Context().Done()
				gone <- struct{}{}
			})
			source, clock := s.remote(t)
			result := make(chan error)
			go func() { result <- source.Load(context.Background()) }()
			<-arrived
			clock.move(5 * time.Second)
			if err := <-result; !strings.Contains(err.Error(), "no complete answer within 5s") {
				t.Errorf("error %q", err)
			}
			<-gone // the connection was closed
		})
	}
}

func TestNoGoroutineStaysBehind(t *testing.T) {
	s := newServer(t)
	s.serve(setOne())
	before := runtime.NumGoroutine()
	for range 20 {
		source, _ := s.remote(t)
		mustKey(t, source, "one")
	}
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before+2; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
		}
	}
	if s.asked.Load() != 20 {
		t.Errorf("%d requests", s.asked.Load())
	}
}

// A transport that ends its goroutine, as a test's FailNow does, must not leave
// everyone waiting for ever, nor one that panics end the program.
func TestTransportThatExits(t *testing.T) {
	for want, misbehave := range map[string]func(){
		"transport ended the goroutine of the fetch": runtime.Goexit,
		"transport panicked":                         func() { panic("a secret") },
	} {
		e := &endpoint{}
		e.set(func(*http.Request) (*http.Response, error) {
			misbehave()
			return nil, nil
		})
		if err := mustBeUnavailable(t, remote(t, e), "one"); !strings.HasSuffix(err.Error(), want) {
			t.Errorf("error %q, want %q at its end", err, want)
		}
	}
}

// Time-outs of the network match the context's error in package net; here only the
// caller's own do.
func TestTimeOutsOfTheNetworkAreNotTheCallers(t *testing.T) {
	for _, timeout := range []error{context.DeadlineExceeded, context.Canceled, os.ErrDeadlineExceeded} {
		e := &endpoint{}
		e.set(func(*http.Request) (*http.Response, error) { return nil, timeout })
		err := mustBeUnavailable(t, remote(t, e), "one")
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			t.Errorf("%v looks as if the caller had given up", err)
		}
	}
}

// A transport need not check the announced length.
func TestShortBodyOfAnotherTransport(t *testing.T) {
	e := &endpoint{}
	e.set(func(request *http.Request) (*http.Response, error) {
		response, err := respond(200, setOne())(request)
		response.ContentLength = 10_000
		return response, err
	})
	if err := mustBeUnavailable(t, remote(t, e), "one"); !strings.Contains(err.Error(), "broke off") {
		t.Errorf("error %q", err)
	}
}
