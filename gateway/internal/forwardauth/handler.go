package forwardauth

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/answer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/original"
)

// DefaultTimeout bounds a decision unless Config says otherwise.
const DefaultTimeout = 5 * time.Second

// A Decider decides about requests. [*authz.Policy] is one. It must be safe for concurrent
// use.
type Decider interface {
	Decide(ctx context.Context, r *authz.Request) authz.Decision
}

// Config configures a [Handler]. Decider, Headers and Trusted must be set.
type Config struct {
	Decider Decider
	// Headers are the identity headers of allowed requests.
	Headers *identity.Headers
	// Trusted are the proxies that may ask.
	Trusted *callers.Trusted
	// Timeout bounds one decision. 0 is [DefaultTimeout].
	Timeout time.Duration
	// FindClient finds the address of the client of each request, for a Decider that reads it.
	FindClient bool
	// Observe, if it is not nil, is called with each decision, for logs and metrics. Requests
	// that are denied before a rule is looked for have a decision too.
	Observe func(ctx context.Context, r *authz.Request, d *authz.Decision, took time.Duration)
	// Panicked, if it is not nil, is called with the value of a panic, which may hold anything.
	// The request is denied as check_unavailable.
	Panicked func(ctx context.Context, value any)
}

// A Handler answers the addresses of [Paths]. It is safe for concurrent use. Make one with
// [New].
//
// It must get the requests as the server read them: do not put a [http.ServeMux] before it,
// which cleans paths and redirects.
type Handler struct {
	config Config
	byPath map[string]*adapter
}

// New checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError].
func New(config Config) (*Handler, error) {
	var faults []error
	for field, isNil := range map[string]bool{
		"Decider": config.Decider == nil, "Headers": config.Headers == nil, "Trusted": config.Trusted == nil,
	} {
		if isNil {
			faults = append(faults, &cognito.ConfigError{Package: "forwardauth", Field: "Config." + field, Reason: "is nil"})
		}
	}
	if config.Timeout < 0 {
		faults = append(faults, &cognito.ConfigError{Package: "forwardauth", Field: "Config.Timeout", Reason: "is negative"})
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	h := &Handler{config: config, byPath: make(map[string]*adapter, len(adapters))}
	for n := range adapters {
		h.byPath[adapters[n].path] = &adapters[n]
	}
	return h, nil
}

// Handles reports whether r is for one of the addresses, compared byte by byte.
func (h *Handler) Handles(r *http.Request) bool { return h.byPath[r.URL.EscapedPath()] != nil }

// ServeHTTP implements [http.Handler]. The query of the address, the method and the body of
// the proxy's request are not read.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a := h.byPath[r.URL.EscapedPath()]
	if a == nil {
		http.NotFound(w, r)
		return
	}
	answered := false
	defer func() {
		if value := recover(); value != nil {
			h.recovered(w, r, a, answered, value)
		}
	}()
	start := time.Now()
	question, decision := h.decide(a, r)
	if decision.Allowed {
		answer.Allow(w, a.allowed, h.config.Headers, &decision)
	} else {
		denial := answer.Of(&decision)
		denial.Write(w, r, a.denied(denial.Status()))
	}
	answered = true
	if h.config.Observe != nil {
		h.config.Observe(r.Context(), &question, &decision, time.Since(start))
	}
}

// recovered denies a request whose check panicked. Without an answer, a proxy could let the
// request through.
func (h *Handler) recovered(w http.ResponseWriter, r *http.Request, a *adapter, answered bool, value any) {
	if !answered {
		clear(w.Header())
		denial := answer.Panicked()
		denial.Write(w, r, a.denied(denial.Status()))
	}
	if h.config.Panicked != nil {
		h.config.Panicked(r.Context(), value)
	}
}

func (h *Handler) decide(a *adapter, r *http.Request) (authz.Request, authz.Decision) {
	if !h.config.Trusted.TrustsRequest(r) {
		return authz.Request{}, authz.Decision{Err: cognito.NewError(answer.ErrProxyUntrusted, "the caller is not a trusted proxy")}
	}
	o, refusal := a.read(r, h.config.Headers)
	if refusal != nil {
		return authz.Request{}, authz.Decision{Err: refusal}
	}
	question := original.Request(o.method, o.host, o.target, r.Header)
	if h.config.FindClient {
		question.Client = h.config.Trusted.Client(r.Header[a.client], callers.Peer(r))
	}
	bound := authz.Within(r.Context(), h.config.Timeout)
	defer bound.Release()
	decision := h.config.Decider.Decide(bound, &question) //nolint:contextcheck // bound is made of the context of r
	return question, decision
}
