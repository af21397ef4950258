package authz

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
	"github.com/poolguard/poolguard/internal/address"
)

// faults collects the faults of a configuration.
type faults struct {
	in   string // what every field begins with, up to its dot
	list *[]error
}

func (f faults) add(field, format string, args ...any) {
	*f.list = append(*f.list, &ConfigError{Package: "authz", Field: f.in + field, Reason: fmt.Sprintf(format, args...)})
}

// at returns a collector for the fields below field.
func (f faults) at(field string) faults { return faults{f.in + field + ".", f.list} }

// table returns the table of the rules' matches. With a fault in one of them, it has none.
func (c *Config) table(f faults) *route.Table {
	matches := make([]route.Match, len(c.Rules))
	for n := range c.Rules {
		matches[n] = c.Rules[n].Match
	}
	table, found := route.NewTable(matches)
	for _, fault := range found {
		f.add(fmt.Sprintf("Rules[%d].Match.%s", fault.Match, fault.Field), "%s", fault.Reason)
	}
	return table
}

// compile checks a rule. names has the index of each name so far; table is nil if it has
// faults.
func (c *Config) compile(n int, names map[string]int, table *route.Table, f faults) rule {
	r := &c.Rules[n]
	m := rule{
		name: r.Name, allow: r.Allow, use: r.Require.TokenUse, passTo: r.Pass.AccessToken,
		pools: slices.Clone(r.Require.UserPools), clients: slices.Clone(r.Require.ClientIDs),
		preflight: r.Preflight, reportOnly: r.ReportOnly,
	}
	if m.name == "" {
		m.name = fmt.Sprintf("rule %d", n+1)
	}
	if first, ok := names[m.name]; ok {
		f.add("Name", "repeats that of Rules[%d]: %q", first, m.name)
	}
	names[m.name] = n
	if len(m.name) > 100 || !utf8.ValidString(m.name) || strings.ContainsFunc(m.name, func(c rune) bool { return c < ' ' || c == 0x7f }) {
		f.add("Name", "has more than 100 bytes or a control character")
	}
	c.compileVia(r, &m, f)
	r.validateAllow(f)
	var variables []string
	if table != nil {
		variables = table.Variables(n)
	}
	r.compileAmbiguous(&m, n, table, f)
	r.compileCORS(&m, f)
	c.compileRequire(r, &m, variables, table != nil, f.at("Require"))
	r.validatePass(f)
	return m
}

// compileVia checks which credentials a rule accepts, and that there is a verifier for them.
func (c *Config) compileVia(r *Rule, m *rule, f faults) {
	if r.Via != nil && len(r.Via) == 0 {
		f.add("Via", "is empty: name a kind of credential, or leave it out for bearer tokens")
	}
	via := r.Via
	if via == nil {
		via = []Via{ViaBearer}
	}
	for n, kind := range via {
		field := fmt.Sprintf("Via[%d]", n)
		switch kind {
		case ViaBearer:
			m.bearer = true
		case ViaALB:
			m.alb = true
			if c.LoadBalancers == nil {
				f.add(field, "is alb, but no load balancers are configured")
			}
		case ViaSession:
			f.add(field, "is session, and sessions are not in this version")
		default:
			f.add(field, "is %q: want bearer or alb", string(kind))
		}
		if slices.Contains(via[:n], kind) {
			f.add(field, "repeats %q", string(kind))
		}
	}
	if c.Verifier == nil && r.isChecked() {
		f.add("Allow", "needs a verified token, but no user pools are configured")
	}
}

// isChecked reports whether the rule looks at credentials.
func (r *Rule) isChecked() bool {
	return r.Allow == cognito.Verified || r.Allow == cognito.Optional
}

func (r *Rule) validateAllow(f faults) {
	switch r.Allow {
	case cognito.Verified, cognito.Optional:
		return
	case cognito.Anonymous, cognito.Denied:
	default:
		f.add("Allow", "is invalid: got %d, want one of the constants of cognito.Allow", uint8(r.Allow))
		return
	}
	if r.Via != nil || !r.Require.isZero() || r.Pass != (Pass{}) {
		f.add("Allow", "is %s, so no credential is looked at, but the rule also has via, require or pass: remove one of them", r.Allow)
	}
}

func (q *Require) isZero() bool {
	return q.TokenUse == "" && q.UserPools == nil && q.ClientIDs == nil && q.Scopes == nil && q.AnyScope == nil && q.Groups == nil &&
		q.AnyGroup == nil && q.ACR == "" && q.MaxAuthAge == 0 && q.Audience == nil && q.Claims == nil
}

func (r *Rule) compileAmbiguous(m *rule, n int, table *route.Table, f faults) {
	for n, name := range r.Ambiguous {
		class, ok := requestpath.ParseClass(name)
		if !ok {
			f.add(fmt.Sprintf("Ambiguous[%d]", n), "is %q: want %s", name, strings.Join(requestpath.ClassNames(), ", "))
		}
		m.ambiguous |= class
	}
	if table != nil && !m.ambiguous.Has(table.Class(n)) {
		f.add("Match.Path", "has characters beyond ASCII, and the rule does not accept these: add non_ascii to ambiguous")
	}
}

func (r *Rule) compileCORS(m *rule, f faults) {
	if r.CORS == nil {
		return
	}
	m.credentials = r.CORS.Credentials
	if len(r.CORS.Origins) == 0 {
		f.add("CORS.Origins", "is empty: name the origins of the pages")
	}
	for n, text := range r.CORS.Origins {
		field := fmt.Sprintf("CORS.Origins[%d]", n)
		origin := address.Origin(text)
		switch {
		case text == "*" && (len(r.CORS.Origins) > 1 || m.credentials):
			f.add(field, "is *, which allows every origin: it must be alone and without credentials")
		case text == "*":
			origin = text
		case origin == "":
			f.add(field, "is %q: want an origin such as https://app.example.com, or http for a loopback host", text)
		}
		m.origins = append(m.origins, origin)
	}
}

func (r *Rule) validatePass(f faults) {
	switch {
	case r.Pass.AccessToken != "" && r.Pass.AccessToken != PassAuthorization:
		f.add("Pass.AccessToken", "is %q: want %s", string(r.Pass.AccessToken), string(PassAuthorization))
	case r.Pass.AccessToken != "" && r.Require.TokenUse == cognito.TokenUseID && !slices.Contains(r.Via, ViaALB):
		f.add("Pass.AccessToken", "has no effect: the rule accepts ID tokens only")
	}
}

// compileRequire checks what a rule requires. hasTable is whether variables are known.
func (c *Config) compileRequire(r *Rule, m *rule, variables []string, hasTable bool, f faults) {
	q := &r.Require
	switch q.TokenUse {
	case "", cognito.TokenUseAccess, cognito.TokenUseID:
	default:
		f.add("TokenUse", "is %q: want %s or %s", string(q.TokenUse), string(cognito.TokenUseAccess), string(cognito.TokenUseID))
	}
	c.validateNames(q, f)
	for _, needed := range q.list() {
		m.accessRequire = append(m.accessRequire, needed.Requirement)
		m.needsAccess = m.needsAccess || needed.in != anyToken
		if err := needed.Err(); err != nil {
			f.add(needed.field, "%v", err)
		} else if needed.in == accessToken && q.TokenUse == cognito.TokenUseID && !m.alb {
			f.add(needed.field, "can never be met: the rule accepts ID tokens, which have no scopes and no audience of a resource")
		}
	}
	m.compileClaims(q.Claims, variables, hasTable, f)
	m.require = slices.Clone(m.accessRequire)
	for n := range m.claims {
		if !m.hasVariable {
			m.require = append(m.require, m.claims[n].requirement(nil))
		}
	}
}

// err returns all faults, or nil.
func (f faults) err() error { return errors.Join(*f.list...) }
