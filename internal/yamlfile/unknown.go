package yamlfile

import (
	"slices"
	"strings"

	"github.com/poolguard/poolguard/internal/suggest"
)

// unknown reports a key that a mapping must not have.
func (v *Value) unknown(e entry, known names) {
	v.r.hide(e.raw)
	known = slices.DeleteFunc(known, func(k fieldName) bool { return k.refused })
	keys := make([]string, len(known))
	for n, k := range known {
		keys[n] = k.key
	}
	message := "unknown key; the keys are " + strings.Join(keys, ", ")
	switch near := suggest.Similar(e.key, keys); {
	case e.bare || !word.MatchString(e.key):
		message = "this is not a key; put text with commas, colons or braces in quotes"
	case len(near) > 0:
		message = "unknown key; did you mean " + near[0] + "?"
		v.r.markFaulty(v.fieldOf(known[slices.Index(keys, near[0])].name))
	}
	v.r.add(e.keyAt, v.pathOf(e.shownKey()), message)
}
