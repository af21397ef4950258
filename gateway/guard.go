package gateway

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/inline"
)

// GuardConfig says where the configuration file of a [Guard] is.
type GuardConfig struct {
	// File is the path of the configuration file, in the form that a [Gateway] reads. The keys
	// of listeners, limits, drain, log.format and traces have no effect. trusted_proxies are
	// the proxies before this server. What they say counts for rate_limit alone.
	File string

	// Getenv returns the value of an environment variable that the file names, "" if it is
	// not set. nil is an environment without variables.
	Getenv func(name string) string

	// Logger gets the log. nil logs nothing.
	Logger *slog.Logger
}

// A Guard applies the rules of a configuration file to the requests of an HTTP server in this
// process, without a proxy that asks and without a listener. Make one with [NewGuard]. It is
// safe for concurrent use.
type Guard struct {
	gateway *Gateway
}

// NewGuard reads the configuration file. It uses no network. The error is a [*ReadError], or
// has all faults of the file with their lines.
func NewGuard(c GuardConfig) (*Guard, error) {
	logger := c.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	g, err := open(Config{File: c.File, Getenv: c.Getenv, embedded: true}, logger)
	if err != nil {
		return nil, err
	}
	return &Guard{g}, nil
}

// Run fetches the keys of every user pool and reloads after each change of a file, until ctx
// ends. It is called once. Requests are decided without it too: then the first ones wait for
// keys, and changes are used after [Guard.Reload].
func (g *Guard) Run(ctx context.Context) { g.gateway.background(ctx).Wait() }

// Reload reads the configuration file again and uses it, or nothing of it if it has a fault.
// Requests that are being checked keep the old configuration. No key needs a restart. Without
// a change since the last time, nothing happens.
func (g *Guard) Reload(ctx context.Context) error {
	if g.gateway.unchanged() {
		return nil
	}
	return g.gateway.Reload(ctx)
}

// Register adds the metrics of the decisions, the key sets and the reloads to a registry. It
// can be called for several registries. For several guards in one registry, give each its own
// labels with [prometheus.WrapRegistererWith].
func (g *Guard) Register(r prometheus.Registerer) error { return r.Register(g.gateway.metrics) }

// A Verdict is the decision about one request.
type Verdict struct {
	decision authz.Decision
}

// A Caller is who sent an allowed request. The zero Caller is an anonymous one.
type Caller struct {
	Subject, Username, ClientID string
	UserPool                    string // the ID, "" for an issuer that is no user pool
	Groups, Scopes              cognito.Set
}

// Check decides about r and prepares its headers for the service. It changes r.Header: it
// removes every spelling of an identity header that the client sent, and every Upgrade but
// that to a WebSocket. If r is allowed, it sets the identity headers that have a value.
func (g *Guard) Check(r *http.Request) Verdict {
	return Verdict{g.gateway.current.Load().inline.Check(r)}
}

// Document returns what answers a request for one of the documents of resources in the file,
// nil for every other request. Such a request needs no check.
func (g *Guard) Document(r *http.Request) http.Handler {
	return g.gateway.current.Load().documentHandler(r)
}

// Allowed reports whether the request may pass.
func (v *Verdict) Allowed() bool { return v.decision.Allowed }

// Rule returns the name of the rule that decided, "" if none matches the request.
func (v *Verdict) Rule() string { return v.decision.Rule }

// Code returns why the request is denied, "" if its rule allows it.
func (v *Verdict) Code() cognito.Code { return v.decision.Code() }

// Status returns the status of [Verdict.Deny], 200 for an allowed request.
func (v *Verdict) Status() int {
	if v.decision.Allowed {
		return http.StatusOK
	}
	return answer.Status(v.decision.Code())
}

// Caller returns who sent the request. It is the zero Caller for a denied request.
func (v *Verdict) Caller() Caller {
	if !v.decision.Allowed {
		return Caller{}
	}
	i := &v.decision.Identity
	return Caller{
		Subject: i.Subject, Username: i.Username, ClientID: i.ClientID, UserPool: i.UserPool,
		Groups: i.Groups, Scopes: i.Scopes,
	}
}

// Deny answers a denied request: the status of the code, the challenge, X-Auth-Error with the
// code, and a JSON body.
func (v *Verdict) Deny(w http.ResponseWriter, r *http.Request) { inline.Deny(w, r, &v.decision) }

// SetHeader sets the headers of [Verdict.Deny], for a server that writes the status and the
// body itself.
func (v *Verdict) SetHeader(header http.Header) { inline.DenyHeader(header, &v.decision) }

// Middleware returns a handler that passes allowed requests to next, with the identity
// headers, and denies the others. It answers requests for the documents of resources. Do not
// put a [http.ServeMux] before it, which cleans paths and redirects.
func (g *Guard) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if document := g.Document(r); document != nil {
			document.ServeHTTP(w, r)
			return
		}
		prepared := r.WithContext(r.Context()) // a handler must not change the request
		prepared.Header = r.Header.Clone()
		verdict := g.Check(prepared)
		if !verdict.Allowed() {
			verdict.Deny(w, r)
			return
		}
		next.ServeHTTP(w, prepared)
	})
}

// unchanged reports whether the files have what the configuration in use was read from.
func (g *Gateway) unchanged() bool {
	document, read, err := g.config.readSum()
	if err != nil {
		return false
	}
	now := g.current.Load()
	ca, err := document.EgressCA()
	return err == nil && read.sum == now.read && bytes.Equal(ca, now.egressCA)
}

// background starts what runs beside requests, until ctx ends.
func (g *Gateway) background(ctx context.Context) *sync.WaitGroup {
	var running sync.WaitGroup
	running.Go(func() { g.warmUp(ctx) })
	running.Go(func() { g.watch(ctx) })
	running.Go(func() { g.retries.run(ctx, func() { _ = g.Reload(ctx) }) })
	return &running
}
