package users

import (
	"maps"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Attribute is one of a user (AttributeType).
type Attribute = attributes.Attribute

// Visible returns the attributes that a client may see, the sub first and the
// others in the order of their names. For an administrator the client is nil.
func Visible(u directory.User, client *directory.Client) []Attribute {
	seen := []Attribute{{Name: "sub", Value: u.Sub}}
	for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
		if client == nil || client.ReadAttributes == nil || slices.Contains(client.ReadAttributes, name) {
			seen = append(seen, Attribute{Name: name, Value: u.Attributes[name]})
		}
	}
	return seen
}
