package faults

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// An endpoint answers for the key sets of a pool, under both names that it has at
// Amazon, and can be told to fail.
type endpoint struct {
	pool *cognitotest.Pool

	mu       sync.Mutex
	fault    http.Handler // nil: none
	arrivals []time.Time  // of requests
	updated  int          // requests under the name of the updated issuer, which are not among them
}

// ServeHTTP implements http.Handler.
func (e *endpoint) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	e.mu.Lock()
	updated := strings.HasPrefix(r.Host, "issuer-")
	if updated {
		e.updated++
	} else {
		e.arrivals = append(e.arrivals, time.Now())
	}
	fault := e.fault
	e.mu.Unlock()
	switch {
	case fault != nil:
		fault.ServeHTTP(rw, r)
		return
	case updated:
		http.Error(rw, "Forbidden", http.StatusForbidden)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_, _ = rw.Write(e.pool.JWKS())
}

// breakWith has every further answer be that of the handler; with nil the endpoint works
// again.
func (e *endpoint) breakWith(fault http.Handler) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fault = fault
}

func (e *endpoint) count() int { return len(e.times()) + e.asUpdated() }

// times returns when requests arrived, but for those under the name of the updated
// issuer.
func (e *endpoint) times() []time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]time.Time(nil), e.arrivals...)
}

// asUpdated returns how many came under the name of the updated issuer.
func (e *endpoint) asUpdated() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.updated
}

// A fault is an endpoint's way to fail.
type fault struct {
	name    string
	handler func(w *world) http.Handler
	// retryAfter is what the answer asks for, in whole seconds by each clock.
	retryAfter func(w *world) time.Duration
}

// faultTable has them all. Where a fault has a body it is, or starts with, a set of
// the attacker's keys, so that a body which is used after all lets his tokens through.
var faultTable = []fault{
	{name: "500", handler: status(http.StatusInternalServerError)},
	{name: "429 with Retry-After", handler: tooMany, retryAfter: askedWait},
	{name: "403", handler: status(http.StatusForbidden)},
	{name: "HTML", handler: text("text/html", func(*world) string { return "<!DOCTYPE html><title>Sign in</title>" })},
	{name: "half a body", handler: half},
	{name: "50 MB", handler: huge},
	{name: "redirect elsewhere", handler: redirect},
	{name: "hangs", handler: func(*world) http.Handler { return http.HandlerFunc(hang) }},
	{name: "hangs up", handler: func(*world) http.Handler { return http.HandlerFunc(hangUp) }},
	{name: "empty set", handler: text("application/json", func(*world) string { return `{"keys":[]}` })},
	{name: "poisoned set", handler: text("application/json", poisoned)},
}

// status fails with a set in the body that would be good by itself.
func status(code int) func(*world) http.Handler {
	return func(w *world) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.WriteHeader(code)
			_, _ = rw.Write(w.attacker.JWKS())
		})
	}
}

func askedWait(w *world) time.Duration {
	if w.simulated {
		return 2 * time.Minute
	}
	return time.Second // Retry-After knows no less
}

func tooMany(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Retry-After", strconv.Itoa(int(askedWait(w)/time.Second)))
		rw.WriteHeader(http.StatusTooManyRequests)
	})
}

func text(contentType string, body func(*world) string) func(*world) http.Handler {
	return func(w *world) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", contentType)
			_, _ = io.WriteString(rw, body(w))
		})
	}
}

// half announces all of a set and breaks the connection in its middle.
func half(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		body := w.attacker.JWKS()
		rw.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = rw.Write(body[:len(body)/2])
	})
}

// huge sends a good set and then white space, 50 MB in all.
func huge(w *world) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		_, _ = rw.Write(w.attacker.JWKS())
		spaces := []byte(strings.Repeat(" ", 1<<16))
		for range 50 << 4 {
			n, err := rw.Write(spaces)
			if w.sent.Add(int64(n)); err != nil {
				return
			}
		}
	})
}

// redirect leads to another origin, which would answer with the attacker's set.
func redirect(w *world) http.Handler {
	return http.RedirectHandler(w.elsewhere, http.StatusTemporaryRedirect)
}

// elsewhere is another origin that counts who asks it.
func (w *world) serveElsewhere(rw http.ResponseWriter, _ *http.Request) {
	w.astray.Add(1)
	_, _ = rw.Write(w.attacker.JWKS())
}

func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// hangUp is net/http's way for a handler to break the connection without an answer.
func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// poisoned is a set without a key to check by: secrets, keys to encrypt with, one
// name for two keys.
func poisoned(w *world) string {
	own, _ := strings.CutPrefix(string(w.attacker.JWKS()), `{"keys":[`)
	own, _ = strings.CutSuffix(own, `]}`)
	first, second, _ := strings.Cut(own, `},{`)
	kid := strconv.Quote(w.attacker.AccessKey().ID())
	both := strings.ReplaceAll(first+`}`, strconv.Quote(w.attacker.IDKey().ID()), kid) + `,{` + second
	return `{"keys":[{"kty":"oct","kid":` + kid + `,"k":"AAAA","alg":"HS256"},` +
		strings.ReplaceAll(first+`}`, `"use":"sig"`, `"use":"enc"`) + `,` + both + `]}`
}
