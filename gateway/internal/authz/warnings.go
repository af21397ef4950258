package authz

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// warnings returns the warnings of a configuration without faults.
func (c *Config) warnings(p *Policy) (list []Warning) {
	add := func(field, format string, args ...any) {
		list = append(list, Warning{"Config." + field, fmt.Sprintf(format, args...)})
	}
	if len(c.Rules) == 0 {
		add("Rules", "is empty, so every request is denied")
	}
	for n := range c.Rules {
		r := &c.Rules[n]
		field := fmt.Sprintf("Rules[%d]", n)
		if first, ok := p.table.Covering(n); ok {
			add(field+".Match", "never decides: %q comes first and matches all of its requests", p.rules[first].name)
		}
		if r.Allow == cognito.Anonymous && p.table.TakesAll(n) {
			add(field+".Allow", "is anonymous for every host and every path")
		}
		if r.ReportOnly {
			add(field+".ReportOnly", "is set: the rule denies nothing")
		}
		warnUnverified(r, field, add)
		if !p.rules[n].bearer || r.Require.TokenUse == cognito.TokenUseID {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(r.Require.Claims)) {
			if strings.HasPrefix(name, "custom:") {
				add(field+".Require.Claims", "has %q, and access tokens of Amazon Cognito have no custom attributes: set token_use to id, or add the claim by a trigger", name)
			}
		}
	}
	return list
}

// ClaimOfVerification returns the claim that says whether the user pool has verified another
// one: email_verified for email. ok is false for claims that are not verified in this way.
func ClaimOfVerification(claim string) (name string, ok bool) {
	switch claim {
	case "email", "phone_number":
		return claim + "_verified", true
	}
	return "", false
}

// warnUnverified warns of a claim that a user may be able to set to any value.
func warnUnverified(r *Rule, field string, add func(field, format string, args ...any)) {
	for _, name := range slices.Sorted(maps.Keys(r.Require.Claims)) {
		verified, ok := ClaimOfVerification(name)
		if ok && !slices.Equal(r.Require.Claims[verified], []string{"true"}) {
			add(field+".Require.Claims", "has %q, which users of many pools can set to any value: require %s: \"true\" too", name, verified)
		}
	}
}
