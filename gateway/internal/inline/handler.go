package inline

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

// Config configures a [Handler]. Decider and Headers must be set.
type Config struct {
	Decider Decider
	// Headers are the identity headers of allowed requests.
	Headers *identity.Headers
	// Timeout bounds one decision. 0 is [DefaultTimeout].
	Timeout time.Duration
	// FindClient finds the address of the client of each request, for a Decider that reads it.
	FindClient bool
	// Trusted are the proxies before this server whose X-Forwarded-For is believed. nil trusts
	// none.
	Trusted *callers.Trusted
	// Observe, if it is not nil, is called with each decision, for logs and metrics. Requests
	// that are denied before a rule is looked for have a decision too.
	Observe func(ctx context.Context, r *authz.Request, d *authz.Decision, took time.Duration)
	// Panicked, if it is not nil, is called with the value of a panic, which may hold anything.
	// The request is denied as check_unavailable.
	Panicked func(ctx context.Context, value any)
}

// A Handler decides about requests and prepares them for the service. It is safe for
// concurrent use. Make one with [New].
type Handler struct {
	config Config
}

// New checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError].
func New(config Config) (*Handler, error) {
	var faults []error
	fault := func(field, reason string) {
		faults = append(faults, &cognito.ConfigError{Package: "inline", Field: "Config." + field, Reason: reason})
	}
	if config.Decider == nil {
		fault("Decider", "is nil")
	}
	if config.Headers == nil {
		fault("Headers", "is nil")
	}
	if config.Timeout < 0 {
		fault("Timeout", "is negative")
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultTimeout
	}
	return &Handler{config}, nil
}

// Check decides about r and changes r.Header for the service. It removes every spelling of
// an identity header and every upgrade but that to a WebSocket, also where it denies: a
// server may pass the request on for another reason. For an allowed request it sets the
// identity headers that have a value, and the token that the rule passes on.
func (h *Handler) Check(r *http.Request) (decision authz.Decision) {
	defer func() { //nolint:contextcheck // the context is the request's
		if value := recover(); value != nil {
			h.clean(r.Header)
			decision = authz.Decision{Err: answer.Panicked().Err}
			if h.config.Panicked != nil {
				h.config.Panicked(r.Context(), value)
			}
		}
	}()
	start := time.Now()
	question := original.Request(r.Method, r.Host, target(r), r.Header)
	if h.config.FindClient {
		question.Client = h.client(r)
	}
	decision.Err = h.refuse(r)
	h.clean(r.Header)
	if decision.Err == nil {
		ctx, cancel := context.WithTimeout(r.Context(), h.config.Timeout)
		decision = h.config.Decider.Decide(ctx, &question)
		cancel()
	}
	if decision.Allowed {
		h.describe(r.Header, &decision)
	}
	if h.config.Observe != nil {
		h.config.Observe(r.Context(), &question, &decision, time.Since(start))
	}
	return decision
}

// describe sets the headers of an allowed request. A header without a value stays absent:
// the client's own was removed.
func (h *Handler) describe(header http.Header, d *authz.Decision) {
	caller := identity.Of(d)
	for name, value := range h.config.Headers.All(&caller) {
		if value != "" {
			header[name] = []string{value}
		}
	}
	if value := answer.Authorization(d); value != "" {
		header["Authorization"] = []string{value}
	}
}

// Deny answers a denied request.
func Deny(w http.ResponseWriter, r *http.Request, d *authz.Decision) {
	denial := answer.Of(d)
	denial.Write(w, r, denial.Status())
}

// DenyHeader sets the headers of the answer to a denied request, for servers that write the
// status and the body themselves.
func DenyHeader(header http.Header, d *authz.Decision) {
	denial := answer.Of(d)
	denial.SetHeader(header)
}
