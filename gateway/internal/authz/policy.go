package authz

import (
	"context"
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// A Policy decides about requests by rules. It is immutable and safe for concurrent use. Make
// one with [New]; the zero Policy denies every request.
type Policy struct {
	verifier *cognito.Verifier
	balancer LoadBalancerVerifier
	table    *route.Table
	rules    []rule
	warnings []Warning
}

// New returns the policy that config describes. It reports every fault of config at once,
// each a [*ConfigError]. It does no I/O.
func New(config Config) (*Policy, error) {
	f := faults{"Config.", new([]error)}
	p := &Policy{verifier: config.Verifier, balancer: config.LoadBalancers}
	p.table = config.table(f)
	names := make(map[string]int)
	for n := range config.Rules {
		p.rules = append(p.rules, config.compile(n, names, p.table, f.at(fmt.Sprintf("Rules[%d]", n))))
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	p.warnings = config.warnings(p)
	return p, nil
}

// Warnings returns what is possible in the configuration and probably a mistake.
func (p *Policy) Warnings() []Warning { return append([]Warning(nil), p.warnings...) }

// Decide decides about a request. It waits for the network only if a key set must be fetched,
// and no longer than ctx allows. A decision that could not be made is a denial whose Err is
// [cognito.Error.Temporary].
func (p *Policy) Decide(ctx context.Context, r *Request) Decision { return p.decide(ctx, r, nil) }

// decide makes the steps of a decision. t may be nil.
func (p *Policy) decide(ctx context.Context, r *Request, t *trace) Decision {
	var d Decision
	d.Preflight = r.isPreflight()
	matched, found, refusal := p.match(r, t)
	if matched == nil {
		d.Err = refusal
		return d
	}
	d.Rule = matched.name
	matched.allowOrigin(&d, r.Origin)
	if refusal == nil {
		refusal = p.apply(ctx, matched, &found, r, &d, t)
	}
	if refusal == nil {
		d.Allowed = true
		return d
	}
	d.Err = refusal
	d.Identity = Identity{} // of a load balancer's token, if the access token was refused
	d.Allowed = matched.reportOnly && !isUnreadable(refusal.Code())
	if d.Allowed {
		t.passed("report_only", "the rule denies nothing, and the request passes without an identity")
	}
	return d
}

// isUnreadable reports whether a code means that the request itself is at fault, so that no
// rule lets it through.
func isUnreadable(code cognito.Code) bool {
	return code == ErrPathAmbiguous || code == cognito.ErrRequestInvalid
}

// match finds the rule of a request. With a refusal, the rule may be nil.
func (p *Policy) match(r *Request, t *trace) (matched *rule, found route.Found, refusal *cognito.Error) {
	path, refusal := readPath(r)
	if t.step("path", refusal, path.String()) != nil {
		return nil, found, refusal
	}
	host, ok := route.CanonicalHost(r.Host)
	if !ok {
		refusal = cognito.NewError(cognito.ErrRequestInvalid, "the host of the request is not a host name or an address")
	}
	if t.step("host", refusal, host) != nil {
		return nil, found, refusal
	}
	method := r.Method
	if r.isPreflight() {
		method = r.AccessControlRequestMethod
	}
	if !route.IsMethod(method) {
		return nil, found, t.step("method", cognito.NewError(cognito.ErrRequestInvalid, "the method of the request is not a method"), "")
	}
	ok = p.table != nil
	if ok {
		found, ok = p.table.Find(host, method, path.String())
	}
	if !ok {
		return nil, found, t.step("rule", noRule(path), "")
	}
	matched = &p.rules[found.Match]
	t.passed("rule", matched.name)
	if path.Class() != 0 {
		refusal = t.step("readings", p.checkReadings(matched, &found, host, method, path), path.Class().String())
	}
	return matched, found, refusal
}

// noRule is the refusal of a request that no rule matches. An ambiguous path may match one in
// another reading.
func noRule(path requestpath.Path) *cognito.Error {
	if path.Class() != 0 {
		return ambiguous(path)
	}
	return errNoRule
}

var errNoRule = cognito.NewError(cognito.ErrAccessDenied, "no rule allows this request")

// ambiguous is the refusal of an ambiguous path.
func ambiguous(path requestpath.Path) *cognito.Error {
	return cognito.NewError(ErrPathAmbiguous, "the path can be read in different ways ("+path.Class().String()+")")
}

// readPath reads the path of a request.
func readPath(r *Request) (requestpath.Path, *cognito.Error) {
	if r.Method == methodConnect {
		return requestpath.Path{}, cognito.NewError(ErrPathAmbiguous, "the method CONNECT has no path")
	}
	path, err := requestpath.Parse(r.Target)
	if err != nil {
		return path, cognito.NewError(ErrPathAmbiguous, "the path "+err.Error())
	}
	return path, nil
}

// checkReadings refuses an ambiguous path unless the rule accepts all that is ambiguous in it,
// and every reading selects this rule with the same values of its variables.
func (p *Policy) checkReadings(matched *rule, found *route.Found, host, method string, path requestpath.Path) *cognito.Error {
	if !matched.ambiguous.Has(path.Class()) {
		refusal := ambiguous(path)
		return refusal.WithDetail(refusal.Message() + ", and the rule does not accept all of these: see ambiguous")
	}
	for _, reading := range path.Readings()[1:] {
		other, ok := p.table.Find(host, method, reading)
		if !ok || other.Match != found.Match || !other.SameValues(found) {
			return cognito.NewError(ErrPathAmbiguous, "the path can be read in different ways, which have different rules")
		}
	}
	return nil
}

// apply makes the steps after the rule is known.
func (p *Policy) apply(ctx context.Context, matched *rule, found *route.Found, r *Request, d *Decision, t *trace) *cognito.Error {
	if d.Preflight {
		return t.step("preflight", matched.checkPreflight(), "the rule lets preflights through")
	}
	if found.Conflict {
		return t.step("variables", cognito.NewError(cognito.ErrAccessDenied, "host and path of the request name different values"), "")
	}
	switch matched.allow {
	case cognito.Anonymous:
		t.passed("credential", "the rule needs none")
		return nil
	case cognito.Verified, cognito.Optional:
		return p.authenticate(ctx, matched, found, r, d, t)
	case cognito.Denied:
	}
	return t.step("credential", cognito.NewError(cognito.ErrAccessDenied, "a rule denies this request"), "")
}

func (m *rule) checkPreflight() *cognito.Error {
	if m.preflight {
		return nil
	}
	return cognito.NewError(cognito.ErrAccessDenied, "CORS preflights are not let through here").
		WithDetail("the rule does not let CORS preflights through: see preflight")
}

// allowOrigin sets which pages may read a denial.
func (m *rule) allowOrigin(d *Decision, origin string) {
	if origin == "" {
		return
	}
	for _, allowed := range m.origins {
		if allowed == origin || allowed == "*" {
			d.AllowOrigin, d.AllowCredentials = allowed, m.credentials
			return
		}
	}
}
