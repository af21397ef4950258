package cognitotest

import (
	"net/http"
	"strings"
	"time"
)

// Handler answers requests for the key sets of the issuer's pools, at /{user pool
// ID}/.well-known/jwks.json. Under one of Amazon's host names, it answers only for that
// name of the pool. Keys of load balancers are at /keys/{key ID}, and at AWS's own addresses.
// For a test with real connections, serve it and pass its address to
// [Issuer.SetAddress].
func (i *Issuer) Handler() http.Handler { return http.HandlerFunc(i.serve) }

func (i *Issuer) serve(w http.ResponseWriter, r *http.Request) {
	if i.serveKey(w, r) {
		return
	}
	id, found := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/"), "/.well-known/jwks.json")
	i.lock()
	p := i.byID[id]
	if !found || p == nil || !p.isAt(r.Host) {
		i.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	p.requests++
	delay, answer := p.delay, p.answer
	refused := strings.HasPrefix(r.Host, "issuer-") && !p.switched
	i.mu.Unlock()

	switch {
	case !i.sleep(r, delay):
	case answer != nil:
		answer.ServeHTTP(w, r)
	case refused:
		fail(w, http.StatusForbidden)
	default:
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(p.JWKS()) // a client that disconnected does not need it
	}
}

// fail answers with this status. A number that is not the status of an answer breaks the
// connection: net/http panics for most of them, and answers 200 after those below 200.
func fail(w http.ResponseWriter, status int) {
	if status < http.StatusOK || status > 999 {
		panic(http.ErrAbortHandler) // net/http recovers it
	}
	http.Error(w, http.StatusText(status), status)
}

// isAt reports whether the pool has this host: every host that is not Amazon's, and
// Amazon's hosts in the pool's own region.
func (p *Pool) isAt(host string) bool {
	if !strings.HasSuffix(host, ".amazonaws.com") {
		return true
	}
	service, rest, _ := strings.Cut(host, ".")
	switch service {
	case "cognito-idp", "cognito-idp-fips", "issuer-cognito-idp":
		return rest == p.host()
	}
	return false
}

// sleep waits for d on the issuer's clock. It returns false if the client disconnects
// before.
func (i *Issuer) sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	over := make(chan struct{})
	stop := i.clock.AfterFunc(d, func() { close(over) })
	defer stop()
	select {
	case <-over:
		return true
	case <-r.Context().Done():
		return false
	}
}
