package faults

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

// An exchange is one request for a key set, as the client sees it. On the real clock that
// can differ from what the endpoint sees: a client that has timed out never receives the
// answer that the endpoint sends.
type exchange struct {
	sent time.Time
	// status is that of the answer, 0 if the client received none.
	status int
}

// exchanges is a transport that records the requests of verifiers.
type exchanges struct {
	next http.RoundTripper

	mu   sync.Mutex
	list []exchange
}

// record puts a recording transport between the verifiers of config and the network.
func (w *world) record() *exchanges {
	client := http.Client{}
	if w.config.HTTPClient != nil {
		client = *w.config.HTTPClient
	}
	if client.Transport == nil {
		own := httpclient.NewTransport()
		own.DisableKeepAlives = true // as the transport of package keyset
		client.Transport = own
	}
	e := &exchanges{next: client.Transport}
	client.Transport = e
	w.config.HTTPClient = &client
	return e
}

// RoundTrip implements http.RoundTripper.
func (e *exchanges) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasPrefix(r.URL.Host, "issuer-") {
		return e.next.RoundTrip(r) // the updated issuer has a back-off of its own
	}
	e.mu.Lock()
	n := len(e.list)
	// By the wall clock, as the back-off.
	e.list = append(e.list, exchange{sent: time.Now().Round(0)})
	e.mu.Unlock()
	response, err := e.next.RoundTrip(r)
	if err == nil {
		e.mu.Lock()
		e.list[n].status = response.StatusCode
		e.mu.Unlock()
	}
	return response, err
}

// since returns the exchanges from the nth on.
func (e *exchanges) since(n int) []exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]exchange(nil), e.list[n:]...)
}

func (e *exchanges) count() int { return len(e.since(0)) }

// askedToWait reports whether the client received what the fault asks for: to wait.
func (x exchange) askedToWait() bool {
	return x.status == http.StatusTooManyRequests || x.status == http.StatusServiceUnavailable
}
