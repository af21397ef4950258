package gateway

import (
	"bytes"
	"context"
	"net/http"
	"path"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/forwardauth"
	"github.com/poolguard/poolguard/gateway/internal/introspect"
	"github.com/poolguard/poolguard/gateway/internal/ops"
)

// A state is a configuration with all that was made of it. It is not changed: a reload
// makes another one.
type state struct {
	document  *config.Document
	read      sum
	egressCA  []byte // the authorities that the verifiers use for their requests
	verifier  *cognito.Verifier
	balancers *alb.Verifier
	policy    *authz.Policy
	forward   map[string]http.Handler // by the path of the address
	envoyHTTP *extauthz.Handler
	envoyGRPC *extauthz.Checker
}

// newState makes the state of a configuration. It takes the verifiers of the state before,
// with the keys and tokens that they know, if the configuration of keys is the same.
func (g *Gateway) newState(d *config.Document, before *state) (*state, error) {
	sample := d.Log.Decisions.Sample
	s := &state{document: d}
	decisions := ops.NewDecisionLog(g.log, sample.Count, sample.Per)
	err := g.setVerifiers(s, before)
	if err != nil {
		return nil, err
	}
	if s.policy, err = d.Policy(s.verifier, s.balancers); err != nil {
		return nil, err
	}
	headers, err := d.IdentityHeaders()
	if err != nil {
		return nil, err
	}
	trusted, err := d.Callers()
	if err != nil {
		return nil, err
	}
	s.forward = map[string]http.Handler{}
	for _, address := range forwardauth.Paths() {
		s.forward[address], err = forwardauth.New(forwardauth.Config{
			Decider: s.policy, Headers: headers, Trusted: trusted, Timeout: d.ForwardAuthTimeout,
			Observe: g.observer(decisions, path.Base(address)),
		})
		if err != nil {
			return nil, err
		}
	}
	asked, err := d.Introspector(s.verifier)
	if err != nil {
		return nil, err
	}
	if asked != nil {
		s.forward[introspect.Path] = asked
	}
	check := extauthz.Config{
		Decider: s.policy, Headers: headers, Trusted: trusted, Timeout: d.DecisionTimeout,
		UnavailableIsError: d.Envoy.Unavailable == config.UnavailableError, Observe: g.observer(decisions, "ext-authz"),
	}
	if s.envoyHTTP, err = extauthz.NewHandler(check); err != nil {
		return nil, err
	}
	check.Observe = g.observer(decisions, "envoy")
	if s.envoyGRPC, err = extauthz.NewChecker(check); err != nil {
		return nil, err
	}
	return s, nil
}

// setVerifiers takes the verifiers of the state before, or makes new ones.
func (g *Gateway) setVerifiers(s, before *state) (err error) {
	if s.egressCA, err = s.document.EgressCA(); err != nil {
		return err
	}
	if before != nil && before.document.SameKeys(s.document.File) && bytes.Equal(before.egressCA, s.egressCA) {
		s.verifier, s.balancers = before.verifier, before.balancers
		return nil
	}
	return g.newVerifiers(s)
}

func (g *Gateway) newVerifiers(s *state) (err error) {
	process := config.Process{Observer: g.metrics.Observer(), Logger: g.log}
	if process.HTTPClient, err = s.document.HTTPClient(s.egressCA); err != nil {
		return err
	}
	if s.verifier, err = s.document.Verifier(process); err != nil {
		return err
	}
	s.balancers, err = s.document.Balancers(process)
	return err
}

// observer returns what counts and logs the decisions that an adapter asks for.
func (g *Gateway) observer(log *ops.DecisionLog, adapter string) func(context.Context, *authz.Request, *authz.Decision, time.Duration) {
	return func(ctx context.Context, r *authz.Request, d *authz.Decision, took time.Duration) {
		g.metrics.Decided(adapter, d, took)
		log.Log(ctx, adapter, r, d, took)
	}
}

// ServeHTTP answers a request on forward_auth. There is no ServeMux, which cleans paths and
// redirects.
func (s *state) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler := s.forward[r.URL.EscapedPath()]; handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	s.envoyHTTP.ServeHTTP(w, r) // it answers 404 to every other target
}

// use makes a state the one that answers.
func (g *Gateway) use(s *state) {
	first := g.current.Swap(s) == nil
	var reportOnly int
	for n := range s.document.Rules {
		if s.document.Rules[n].ReportOnly {
			reportOnly++
		}
	}
	g.metrics.Loaded(time.Now(), first, reportOnly)
	if reportOnly > 0 {
		g.log.Warn("rules with report_only deny nothing", "rules", reportOnly)
	}
	for _, w := range s.document.Warnings(s.policy) {
		g.log.Warn("the configuration may have a mistake", "key", w.Key, "reason", w.Reason)
	}
}
