package gateway

import (
	"bytes"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/config"
	"github.com/poolguard/poolguard/gateway/internal/extauthz"
	"github.com/poolguard/poolguard/gateway/internal/inline"
	"github.com/poolguard/poolguard/gateway/internal/introspect"
	"github.com/poolguard/poolguard/gateway/internal/ratelimit"
	"github.com/poolguard/poolguard/gateway/internal/resources"
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
	limiter   *ratelimit.Limiter      // of forged tokens; nil if there is no limit
	resources *resources.Set          // nil if there are none
	forward   map[string]http.Handler // by the path of the address
	envoyHTTP *extauthz.Handler
	envoyGRPC *extauthz.Checker
	inline    *inline.Handler // for a Guard
}

// newState makes the state of a configuration. It takes the verifiers of the state before,
// with the keys and tokens that they know, if the configuration of keys is the same, and the
// counts of forged tokens if their limit is the same.
func (g *Gateway) newState(d *config.Document, before *state) (*state, error) {
	s := &state{document: d, forward: map[string]http.Handler{}}
	err := g.setVerifiers(s, before)
	if err != nil {
		return nil, err
	}
	if s.policy, err = d.Policy(s.verifier, s.balancers); err != nil {
		return nil, err
	}
	if before != nil && before.document.RateLimit == d.RateLimit {
		s.limiter = before.limiter
	} else if s.limiter, err = d.RateLimiter(); err != nil {
		return nil, err
	}
	if s.resources, err = d.ResourceSet(); err != nil {
		return nil, err
	}
	asked, err := d.Introspector(s.verifier)
	if err != nil {
		return nil, err
	}
	if asked != nil {
		s.forward[introspect.Path] = asked
	}
	return s, g.addAdapters(s)
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
	process := config.Process{Observer: g.observerOfTokens(), Logger: g.log}
	if process.HTTPClient, err = s.document.HTTPClient(s.egressCA); err != nil {
		return err
	}
	if s.verifier, err = s.document.Verifier(process); err != nil {
		return err
	}
	s.balancers, err = s.document.Balancers(process)
	return err
}

// ServeHTTP answers a request on forward_auth. There is no ServeMux, which cleans paths and
// redirects.
func (s *state) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if handler := s.forward[r.URL.EscapedPath()]; handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	if handler := s.documentHandler(r); handler != nil {
		handler.ServeHTTP(w, r)
		return
	}
	s.envoyHTTP.ServeHTTP(w, r) // it answers 404 to every other target
}

// documentHandler returns what answers a request for a document of resources, nil for every
// other request.
func (s *state) documentHandler(r *http.Request) http.Handler {
	if s.resources == nil {
		return nil
	}
	return s.resources.Handler(r)
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
