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
