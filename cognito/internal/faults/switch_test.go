package faults

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestPoolNotSwitched: Amazon answers 403 or 404 for the updated issuer of a pool
// that was not switched to it. The pool is ready and stays so, through an outage
// too; tokens of that issuer are of an unknown key, and have it asked every ten
// minutes at most.
func TestPoolNotSwitched(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound} {
		name := fmt.Sprintf("pool not switched, %d", status)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("simulated clock", func(t *testing.T) {
				onSimulatedClock(t, name, func(w *world) { notSwitched(w, status) })
			})
			t.Run("real clock", func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, name)
				w.line.clock, w.policy = "real", patient
				w.config = w.issuer.Config()
				w.config.HTTPClient = asAmazon(t, w.issuer.Handler())
				w.run(func(w *world) { notSwitched(w, status) })
			})
		})
	}
}

// asAmazon returns a client to whom the handler, on loopback, has all of Amazon's
// names.
func asAmazon(t *testing.T, handler http.Handler) *http.Client {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{RootCAs: roots, ServerName: "example.com", MinVersion: tls.VersionTLS13},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, server.Listener.Addr().String())
		},
	}}
}

func notSwitched(w *world, status int) {
	absent := http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "issuer-") {
			http.Error(rw, "no such thing", status)
			return
		}
		_, _ = rw.Write(w.pool.JWKS())
	})
	w.endpoint.breakWith(absent)
	verifier, own := w.verifier(), w.mint()
	updated := w.mint(cognitotest.Claim("iss", w.pool.UpdatedIssuer()))
	w.warm(verifier, own) // it is ready
	w.ask(w.Context(), verifier, updated, cognito.ErrKeyNotFound)
	span, before, began := 2*time.Hour, w.endpoint.asUpdated(), time.Now()
	start := began
	if !w.simulated {
		span = 500 * time.Millisecond
	}
	poll := func() bool {
		w.ask(w.Context(), verifier, updated, cognito.ErrKeyNotFound)
		w.ask(w.Context(), verifier, own, "")
		return time.Since(began) > span
	}
	w.until(span/100, "the time to be over", poll)
	w.endpoint.breakWith(http.HandlerFunc(hangUp))
	began, span = time.Now(), span/2 // within the stale limit
	w.until(span/100, "the outage to be over", poll)
	w.endpoint.breakWith(absent)
	if n, most := w.endpoint.asUpdated()-before, int(time.Since(start)/(10*time.Minute))+1; n > most {
		w.Errorf("the updated issuer was asked %d times in %v", n, time.Since(start))
	}
	if err := verifier.WarmUp(w.Context()); err != nil {
		w.Errorf("no longer ready: %v", err)
	}
	w.remark(fmt.Sprintf("the updated issuer was asked %d times in %v", w.endpoint.asUpdated()-before, time.Since(start).Round(time.Millisecond)))
}
