package demo

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// opaque are parameters whose value means something to its maker only.
var opaque = []string{"_csrf", "code", "code_challenge", "code_verifier", "nonce", "state"}

// parameters shows those of a query or form: in the order of their names, and
// values that nobody reads by their beginning.
func (p *printer) parameters(values url.Values) {
	var list []pair
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := strings.Join(values[name], " ")
		switch {
		case name == "password":
			value = "(not shown)"
		case slices.Contains(opaque, name):
			value = p.short(value)
		}
		list = append(list, pair{name, value})
	}
	p.pairs(list...)
}
