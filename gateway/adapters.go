package gateway

import (
	"context"
	"path"
	"time"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/inline"
	"github.com/poolguard/poolguard/gateway/internal/ops"
)

// addAdapters makes what answers the proxies by the rules of a state.
func (g *Gateway) addAdapters(s *state) error {
	d := s.document
	headers, err := d.IdentityHeaders()
	if err != nil {
		return err
	}
	trusted, err := d.Callers()
	if err != nil {
		return err
	}
	sample := d.Log.Decisions.Sample
	decisions := ops.NewDecisionLog(g.log, sample.Count, sample.Per)
	for _, address := range forwardauth.Paths() {
		s.forward[address], err = forwardauth.New(forwardauth.Config{
			Decider: s.decider(), Headers: headers, Trusted: trusted, Timeout: d.ForwardAuthTimeout,
			FindClient: s.limiter != nil, Observe: g.observer(decisions, path.Base(address)),
			Panicked: g.panicked("forward_auth"),
		})
		if err != nil {
			return err
		}
	}
	check := extauthz.Config{
		Decider: s.decider(), Headers: headers, Trusted: trusted, Timeout: d.DecisionTimeout, FindClient: s.limiter != nil,
		UnavailableIsError: d.Envoy.Unavailable == config.UnavailableError, Observe: g.observer(decisions, "ext-authz"),
		Panicked: g.panicked("forward_auth"),
	}
	if s.envoyHTTP, err = extauthz.NewHandler(check); err != nil {
		return err
	}
	check.Observe, check.Panicked = g.observer(decisions, "envoy"), g.panicked("envoy")
	if s.envoyGRPC, err = extauthz.NewChecker(check); err != nil {
		return err
	}
	s.inline, err = inline.New(inline.Config{
		Decider: s.decider(), Headers: headers, Trusted: trusted, Timeout: d.ForwardAuthTimeout,
		FindClient: s.limiter != nil, Observe: g.observer(decisions, "inline"), Panicked: g.panicked("inline"),
	})
	return err
}

// A decider decides about requests.
type decider interface {
	Decide(ctx context.Context, r *authz.Request) authz.Decision
}

// decider returns the rules, within the limits of the file.
func (s *state) decider() decider {
	var d decider = s.policy
	if s.resources != nil {
		d = s.resources.Annotator(d)
	}
	if s.limiter != nil {
		d = s.limiter.Guard(d)
	}
	return d
}

// observer returns what counts and logs the decisions that an adapter asks for.
func (g *Gateway) observer(log *ops.DecisionLog, adapter string) func(context.Context, *authz.Request, *authz.Decision, time.Duration) {
	return func(ctx context.Context, r *authz.Request, d *authz.Decision, took time.Duration) {
		g.metrics.Decided(adapter, d, took)
		g.traces.Decided(ctx, adapter, d)
		log.Log(ctx, adapter, r, d, took)
	}
}
