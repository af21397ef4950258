package directory_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	pool := directory.Pool{Custom: []string{"custom:a", "custom:b"}}
	if got := len(pool.Schema()); got != 20+2 {
		t.Errorf("%d attributes", got)
	}
	if a, ok := pool.Attribute("birthdate"); !ok || a.StringAttributeConstraints.MinLength != "10" || a.Immutable() {
		t.Errorf("%+v %v", a, ok)
	}
	pool.Settings = map[string]json.RawMessage{"SchemaAttributes": json.RawMessage(
		`[{"Name":"sub","Required":true},{"Name":"email","Mutable":false,"Required":true},{"Name":"custom:b","AttributeDataType":"Number"}]`)}
	if got := len(pool.Schema()); got != 20+2 {
		t.Errorf("%d attributes", got)
	}
	if email, _ := pool.Attribute("email"); !email.Immutable() {
		t.Error("email can change")
	}
	if b, _ := pool.Attribute("custom:b"); b.AttributeDataType != "Number" {
		t.Errorf("%+v", b)
	}
	if got := pool.RequiredAttributes(); !slices.Equal(got, []string{"email"}) {
		t.Errorf("required: %q", got)
	}
	for _, name := range []string{"sub", "custom:c", "shoe", ""} {
		if _, ok := pool.Attribute(name); ok {
			t.Errorf("%q is an attribute", name)
		}
	}
	pool.AnyCustom = true
	if c, ok := pool.Attribute("custom:c"); !ok || c.AttributeDataType != "String" || c.Immutable() {
		t.Errorf("%+v %v", c, ok)
	}
	pool.Settings["SchemaAttributes"] = json.RawMessage(`{"odd":1}`)
	if got := pool.RequiredAttributes(); got != nil {
		t.Errorf("required: %q", got)
	}
}
