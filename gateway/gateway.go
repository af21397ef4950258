package gateway

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"

	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/ops"
	"github.com/poolguard/poolguard/gateway/internal/tracing"
	"github.com/poolguard/poolguard/internal/tlsfiles"
)

// A Gateway answers proxies. Make one with [New]. It is safe for concurrent use.
type Gateway struct {
	config  Config
	log     *slog.Logger
	metrics *ops.Metrics
	traces  *tracing.Traces             // nil if there are none
	tls     map[string]*tlsfiles.Source // by the key of the listener

	envoy *extauthz.Server // nil if the listener is off

	current   atomic.Pointer[state]
	reloading sync.Mutex
	// tried are the files that the last attempt to reload needs. reloading guards it.
	tried    []string
	retries  retries
	ready    atomic.Bool // the keys of every pool were seen once
	draining atomic.Bool
}

// New reads the configuration file and the files of TLS. It opens no listener and uses no
// network. The error is a [*ReadError], or has all faults of the file with their lines.
func New(c Config) (*Gateway, error) {
	return open(c, nil)
}

// open is New, with a logger in the place of the one that the file describes.
func open(c Config, logger *slog.Logger) (*Gateway, error) {
	document, read, err := c.readSum()
	if err != nil {
		return nil, err
	}
	g := &Gateway{config: c, log: logger, retries: newRetries()}
	if logger == nil {
		g.log = c.logger(document.Log.Format)
	}
	if g.tls, err = openTLS(document.File); err != nil {
		return nil, err
	}
	if g.metrics, err = ops.NewMetrics(); err != nil {
		return nil, fmt.Errorf("gateway: %w", err)
	}
	if !c.embedded {
		if g.traces, err = document.Tracer(); err != nil {
			return nil, err
		}
	}
	first, err := g.newState(document, nil)
	if err != nil {
		return nil, err
	}
	first.read = read.sum
	g.use(first)
	return g, nil
}

// openTLS reads the certificates of all listeners.
func openTLS(f *config.File) (map[string]*tlsfiles.Source, error) {
	sources := map[string]*tlsfiles.Source{}
	for _, l := range listeners(f) {
		if l.Listen == config.Off || l.TLS == (tlsfiles.Files{}) {
			continue
		}
		source, err := tlsfiles.Open(l.TLS, l.protocols...)
		if err != nil {
			return nil, fmt.Errorf("%s.tls: %w", l.key, err)
		}
		sources[l.key] = source
	}
	return sources, nil
}

// notReady returns why the gateway is not ready, or "".
func (g *Gateway) notReady() string {
	switch {
	case g.draining.Load():
		return "the gateway is stopping"
	case !g.ready.Load():
		return "the keys of a user pool were not seen yet"
	}
	return ""
}

// answer is the handler of forward_auth. It uses the state of the moment.
func (g *Gateway) answer(w http.ResponseWriter, r *http.Request) { g.current.Load().ServeHTTP(w, r) }
