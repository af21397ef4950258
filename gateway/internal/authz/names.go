package authz

import (
	"fmt"
	"slices"

	"github.com/poolguard/poolguard/cognito"
)

// validateNames checks that the verifier can accept tokens of the pools, clients and audiences
// that a rule names.
func (c *Config) validateNames(q *Require, f faults) {
	names := func(field string, list []string, what string, known func(*cognito.UserPool, string) bool) {
		if list != nil && len(list) == 0 {
			f.add(field, "is empty: name one, or leave it out")
		}
		for n, name := range list {
			if !slices.ContainsFunc(c.UserPools, func(p cognito.UserPool) bool { return known(&p, name) }) {
				f.add(fmt.Sprintf("%s[%d]", field, n), "is %q, which is not %s", name, what)
			}
		}
	}
	names("UserPools", q.UserPools, "a configured user pool", func(p *cognito.UserPool, name string) bool { return p.ID == name })
	names("ClientIDs", q.ClientIDs, "an app client of a configured user pool that the rule accepts", func(p *cognito.UserPool, name string) bool {
		return q.acceptsPool(p.ID) && (p.InsecureSkipClientCheck || slices.Contains(p.ClientIDs, name))
	})
	if len(q.Audience) == 0 {
		return // the requirement itself reports an empty list
	}
	names("Audience", q.Audience, "an audience of a configured user pool that the rule accepts", func(p *cognito.UserPool, name string) bool {
		return q.acceptsPool(p.ID) && slices.Contains(p.Audiences, name)
	})
}

func (q *Require) acceptsPool(id string) bool {
	return q.UserPools == nil || slices.Contains(q.UserPools, id)
}
