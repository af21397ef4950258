package gateway

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
)

// lastSpans is how long the end of the process waits for spans that are not sent yet.
const lastSpans = 5 * time.Second

// startTraces begins to send spans. The result ends that.
func (g *Gateway) startTraces(ctx context.Context) (end func(), err error) {
	if g.traces == nil {
		return func() {}, nil
	}
	if err := g.traces.Start(ctx, g.log); err != nil {
		return nil, err
	}
	return func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastSpans)
		defer cancel()
		if err := g.traces.Close(ctx); err != nil {
			g.log.Warn("the last spans were not sent", "error", err.Error())
		}
	}, nil
}

// observerOfTokens returns the observer of verifiers.
func (g *Gateway) observerOfTokens() *cognito.Observer {
	if g.traces == nil {
		return g.metrics.Observer()
	}
	return cognito.JoinObservers(g.metrics.Observer(), g.traces.Observer())
}

// routeOf returns the address at which a proxy asks, without the path of its client. It is ""
// for other requests.
func routeOf(r *http.Request) string {
	if path := r.URL.EscapedPath(); slices.Contains(forwardauth.Paths(), path) {
		return path
	}
	if strings.HasPrefix(r.RequestURI, extauthz.Prefix) {
		return extauthz.Prefix
	}
	return ""
}
