package keyset_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestRedirectsWithinTheOrigin(t *testing.T) {
	s := newServer(t)
	s.handle(func(w http.ResponseWriter, request *http.Request) {
		hops := map[string]string{"/jwks.json": "/1", "/1": s.URL + "/2", "/2": "/3"}
		if next, ok := hops[request.URL.Path]; ok {
			http.Redirect(w, request, next, http.StatusMovedPermanently)
			return
		}
		io.WriteString(w, setOne())
	})
	source, _ := s.remote(t)
	mustKey(t, source, "one")
}

func TestCallersClientIsRestrictedAndNotModified(t *testing.T) {
	secure := httptest.NewTLSServer(nil)
	defer secure.Close()
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, setOne()) }))
	defer plain.Close()
	var own, seen atomic.Int64
	secure.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		switch seen.Add(1); request.URL.Path {
		case "/away":
			http.Redirect(w, request, plain.URL, http.StatusFound)
		case "/own":
			http.Redirect(w, request, "/set", http.StatusFound)
		case "/set":
			io.WriteString(w, setOne())
		}
	})
	client := secure.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error {
		own.Add(1)
		return nil
	}
	before := *client
	load := func(path string) error {
		source, err := keyset.NewRemote(keyset.RemoteConfig{URL: secure.URL + path, HTTPClient: client})
		if err != nil {
			t.Fatal(err)
		}
		return source.Load(context.Background())
	}
	if err := load("/away"); err == nil || !strings.Contains(err.Error(), "another origin") {
		t.Errorf("from https to http: %v", err)
	}
	if own.Load() != 0 {
		t.Error("the client's own policy was asked about a redirect that is refused anyway")
	}
	if err := load("/own"); err != nil || own.Load() != 1 {
		t.Errorf("within the origin: %v, own policy asked %d times", err, own.Load())
	}
	if client.Transport != before.Transport || client.Timeout != before.Timeout {
		t.Error("the client was modified")
	}
}

// TestBodiesAreClosed, used or not: a body that stays open keeps its connection.
func TestBodiesAreClosed(t *testing.T) {
	e := &endpoint{}
	closed := 0
	for status, body := range map[int]string{200: setOne(), 500: "no", 204: ""} {
		answer := respond(status, body)
		e.set(func(request *http.Request) (*http.Response, error) {
			response, err := answer(request)
			response.Body = countedBody{response.Body, &closed}
			return response, err
		})
		_ = remote(t, e).Load(t.Context()) // which of them are sets is not the point
	}
	if closed != 3 {
		t.Errorf("%d of 3 bodies were closed", closed)
	}
}

// A countedBody counts that it was closed.
type countedBody struct {
	io.ReadCloser
	closed *int
}

func (b countedBody) Close() error {
	*b.closed++
	return b.ReadCloser.Close()
}
