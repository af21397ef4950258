package describe

import (
	"encoding/json"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// AddAttributes adds attributes to a pool that does not have them.
func AddAttributes(d *directory.Pool, added []directory.Attribute) {
	given, _ := get[[]directory.Attribute](d.Settings, "SchemaAttributes")
	if d.Settings == nil {
		d.Settings = map[string]json.RawMessage{}
	}
	set(d.Settings, "SchemaAttributes", append(given, added...))
	for _, a := range added {
		d.Custom = append(d.Custom, a.Name)
	}
}
