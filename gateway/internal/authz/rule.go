package authz

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// A rule that was checked.
type rule struct {
	name        string
	allow       cognito.Allow
	bearer, alb bool // the kinds of credentials
	use         cognito.TokenUse
	// require is for bearer tokens: everything, or everything except claims if one of them has
	// a variable. accessRequire has no claims; it is for the access token of a load balancer.
	require, accessRequire []cognito.Requirement
	claims                 []claim // in the order of their names
	hasVariable            bool    // a claim has one
	needsAccess            bool    // something is required that the token of a load balancer cannot have
	pools                  []string
	clients                []string
	passTo                 PassTo
	origins                []string
	credentials            bool
	preflight              bool
	reportOnly             bool
	ambiguous              requestpath.Class
}

// A claim that a rule requires.
type claim struct {
	name   string
	values []value
}

// A value is a text, or a variable of the rule's match.
type value struct{ literal, variable string }

// compileClaims reads the claims that a rule requires. known are the variables of its match,
// if hasTable says that they could be read.
func (m *rule) compileClaims(required map[string][]string, known []string, hasTable bool, f faults) {
	if required != nil && len(required) == 0 {
		f.add("Claims", "is empty: name a claim, or leave it out")
	}
	for _, name := range slices.Sorted(maps.Keys(required)) {
		c := claim{name: name}
		if name == "" || len(required[name]) == 0 {
			f.add("Claims", "has a claim without a name or without a value: %q", name)
		}
		for _, text := range required[name] {
			variable, ok, err := route.Variable(text)
			switch {
			case err != nil:
				f.add("Claims", "has a faulty value of %q: %v", name, err)
			case ok && hasTable && !slices.Contains(known, variable):
				f.add("Claims", "has the variable {%s} in %q, which neither the hosts nor the path of the rule have", variable, name)
			}
			m.hasVariable = m.hasVariable || ok
			c.values = append(c.values, value{route.Literal(text), variable})
		}
		m.claims = append(m.claims, c)
	}
}

// expand returns the values that the claim may have in a request. ok is false if a variable
// is empty there, which no claim equals.
func (c *claim) expand(found *route.Found) (values []string, ok bool) {
	for _, v := range c.values {
		text := v.literal
		if v.variable != "" {
			if text, _ = found.Value(v.variable); text == "" {
				return nil, false
			}
		}
		values = append(values, text)
	}
	return values, true
}

// requirement returns what the claim must be in a request.
func (c *claim) requirement(found *route.Found) cognito.Requirement {
	values, ok := c.expand(found)
	if !ok {
		return cognito.Require(func(context.Context, cognito.Token) error { return errEmptyVariable })
	}
	return cognito.RequireClaim(c.name, values...)
}

var errEmptyVariable = cognito.NewError(cognito.ErrClaimMismatch, "a part of the address that a claim must equal is empty")

// requirements returns all requirements for a token of a request.
func (m *rule) requirements(found *route.Found) []cognito.Requirement {
	if !m.hasVariable {
		return m.require
	}
	all := slices.Clone(m.require)
	for n := range m.claims {
		all = append(all, m.claims[n].requirement(found))
	}
	return all
}

// A required condition of a rule.
type required struct {
	field string // of Require
	in    source
	cognito.Requirement
}

// A source is which tokens can meet a condition.
type source uint8

const (
	anyToken    source = iota // also that of a load balancer
	poolToken                 // those of a user pool
	accessToken               // access tokens of a user pool
)

// list returns what is required, except claims, in the words of package cognito.
func (q *Require) list() (list []required) {
	add := func(field string, in source, names []string, of func(...string) cognito.Requirement) {
		if names != nil {
			list = append(list, required{field, in, of(names...)})
		}
	}
	add("Audience", accessToken, q.Audience, cognito.RequireAudience)
	if q.ACR != "" {
		list = append(list, required{"ACR", poolToken, cognito.RequireACR(q.ACR)})
	}
	if q.MaxAuthAge != 0 {
		list = append(list, required{"MaxAuthAge", poolToken, cognito.RequireMaxAuthAge(q.MaxAuthAge)})
	}
	add("Scopes", accessToken, q.Scopes, cognito.RequireScopes)
	add("AnyScope", accessToken, q.AnyScope, cognito.RequireAnyScope)
	add("Groups", poolToken, q.Groups, cognito.RequireGroups)
	add("AnyGroup", poolToken, q.AnyGroup, cognito.RequireAnyGroup)
	if q.UserPools != nil || q.ClientIDs != nil {
		own := *q
		own.UserPools, own.ClientIDs = slices.Clone(q.UserPools), slices.Clone(q.ClientIDs)
		list = append(list, required{"ClientIDs", anyToken, cognito.Require(own.checkIssuedBy)})
	}
	return list
}

// checkIssuedBy refuses tokens of other pools and clients than those of the rule.
func (q *Require) checkIssuedBy(_ context.Context, token cognito.Token) error {
	switch t := token.(type) {
	case *cognito.AccessToken:
		return refusalOf(checkIssued(q.UserPools, q.ClientIDs, t.UserPoolID(), t.ClientID()))
	case *cognito.IDToken:
		return refusalOf(checkIssued(q.UserPools, q.ClientIDs, t.UserPoolID(), t.ClientID()))
	}
	return cognito.ErrAccessDenied
}

// refusalOf keeps a nil *cognito.Error from becoming an error.
func refusalOf(e *cognito.Error) error {
	if e == nil {
		return nil
	}
	return e
}

// checkIssued refuses other pools and clients than those of a rule. A list that is nil accepts
// all that the verifier accepts.
func checkIssued(pools, clients []string, pool, client string) *cognito.Error {
	switch {
	case pools != nil && !slices.Contains(pools, pool):
		return cognito.NewError(cognito.ErrAccessDenied, "tokens of this user pool are not accepted here").
			WithDetail(fmt.Sprintf("the rule accepts tokens of the user pools %s; the token is of %q", strings.Join(pools, ", "), pool))
	case clients != nil && !slices.Contains(clients, client):
		return cognito.NewError(cognito.ErrAccessDenied, "tokens of this app client are not accepted here").
			WithDetail(fmt.Sprintf("the rule accepts tokens of the app clients %s; the token is for %q", strings.Join(clients, ", "), client))
	}
	return nil
}
