package demo

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// opaque are parameters with random values.
var opaque = []string{"_csrf", "code", "code_challenge", "code_verifier", "nonce", "state"}

// parameters shows the parameters of a query or a form, in the order of their names. It
// shows the beginning of random values only.
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
