package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/poolguard/poolguard/bench/internal/tokens"
	"github.com/poolguard/poolguard/cognito/bearer"
)

// A middleware is a handler behind the library's middleware and the same one without, to
// be called in turns.
type middleware struct {
	bare, guarded http.Handler
	request       *http.Request
	reached       int
	times         int
	fault         string
	samples       []float64
}

func (s *stage) newMiddleware() *middleware {
	m := &middleware{times: min(2000, s.options.tokens)}
	m.bare = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { m.reached++ })
	m.guarded = bearer.Require(s.verifier, s.scope)(m.bare)
	m.request = &http.Request{Method: http.MethodGet, Header: http.Header{
		"Authorization": {"Bearer " + s.sets[setWarm+tokens.Typical.Name][0]},
	}}
	return m
}

func (m *middleware) turn() {
	m.serve(m.guarded, 1) // the token has been seen
	with, without := m.serve(m.guarded, m.times), m.serve(m.bare, m.times)
	m.samples = append(m.samples, float64(with-without)/float64(m.times))
}

func (m *middleware) serve(handler http.Handler, times int) time.Duration {
	reached := m.reached
	w := nowhere{http.Header{}}
	start := time.Now()
	for range times {
		handler.ServeHTTP(w, m.request)
	}
	took := time.Since(start)
	if m.reached != reached+times {
		m.fault = "a good request did not reach the handler"
	}
	return took
}

// middlewareResult is what the middleware adds to a request with a warm token.
type middlewareResult struct{ nanoseconds, allocations float64 }

func (m *middleware) result() middlewareResult {
	w := nowhere{http.Header{}}
	count := testing.AllocsPerRun(allocRuns, func() { m.guarded.ServeHTTP(w, m.request) })
	return middlewareResult{median(m.samples), count}
}

// nowhere is a response that nobody reads.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}
