package extauthz

import (
	"context"
	"errors"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

// The time of one decision unless Config says otherwise. Envoy waits 200 ms for gRPC unless
// it is configured.
const (
	DefaultGRPCTimeout = 100 * time.Millisecond
	DefaultHTTPTimeout = 5 * time.Second
)

// A Decider decides about requests. [*authz.Policy] is one. It must be safe for concurrent
// use.
type Decider interface {
	Decide(ctx context.Context, r *authz.Request) authz.Decision
}

// Config configures a [Checker] or a [Handler]. Decider, Headers and Trusted must be set.
type Config struct {
	Decider Decider
	// Headers are the identity headers of allowed requests.
	Headers *identity.Headers
	// Trusted are the proxies that may ask.
	Trusted *callers.Trusted
	// Timeout bounds one decision. 0 is [DefaultGRPCTimeout] or [DefaultHTTPTimeout].
	Timeout time.Duration
	// UnavailableIsError reports keys_unavailable and check_unavailable as errors of the
	// check. Envoy then obeys its setting failure_mode_allow, which can let requests
	// through. Without it they are denials.
	UnavailableIsError bool
	// FindClient finds the address of the client of each request, for a Decider that reads it.
	FindClient bool
	// Observe, if it is not nil, is called with each decision, for logs and metrics. Requests
	// that are denied before a rule is looked for have a decision too.
	Observe func(ctx context.Context, r *authz.Request, d *authz.Decision, took time.Duration)
	// Panicked, if it is not nil, is called with the value of a panic, which may hold anything.
	// The request is denied as check_unavailable.
	Panicked func(ctx context.Context, value any)
}

func (c *Config) validate() error {
	var faults []error
	fault := func(field, reason string) {
		faults = append(faults, &cognito.ConfigError{Package: "extauthz", Field: "Config." + field, Reason: reason})
	}
	if c.Decider == nil {
		fault("Decider", "is nil")
	}
	if c.Headers == nil {
		fault("Headers", "is nil")
	}
	if c.Trusted == nil {
		fault("Trusted", "is nil")
	}
	if c.Timeout < 0 {
		fault("Timeout", "is negative")
	}
	return errors.Join(faults...)
}

// decide makes the decision within its time and reports it. refusal, if it is not nil, is
// why no rule is looked for.
func (c *Config) decide(ctx context.Context, question *authz.Request, refusal *cognito.Error) authz.Decision {
	start := time.Now()
	decision := authz.Decision{Err: refusal}
	if refusal == nil {
		bound := authz.Within(ctx, c.Timeout)
		defer bound.Release()
		decision = c.Decider.Decide(bound, question) //nolint:contextcheck // bound is made of ctx
	}
	if c.Observe != nil {
		c.Observe(ctx, question, &decision, time.Since(start))
	}
	return decision
}

func (c *Config) panicked(ctx context.Context, value any) {
	if c.Panicked != nil {
		c.Panicked(ctx, value)
	}
}

func isUnavailable(d *authz.Decision) bool { return d.Err.Temporary() }
