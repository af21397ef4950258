package describe

import (
	"encoding/json"
	"slices"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Attribute is an attribute of a pool's users (SchemaAttributeType). In
// descriptions the names of custom ones begin with "custom:" or "dev:custom:", in
// requests not.
type Attribute struct {
	Name                       string
	AttributeDataType          string             `json:",omitempty"`
	DeveloperOnlyAttribute     *bool              `json:",omitempty"`
	Mutable                    *bool              `json:",omitempty"`
	Required                   *bool              `json:",omitempty"`
	NumberAttributeConstraints *NumberConstraints `json:",omitempty"`
	StringAttributeConstraints *StringConstraints `json:",omitempty"`
}

// NumberConstraints is NumberAttributeConstraintsType.
type NumberConstraints struct {
	MinValue string `json:",omitempty"`
	MaxValue string `json:",omitempty"`
}

// StringConstraints is StringAttributeConstraintsType.
type StringConstraints struct {
	MinLength string `json:",omitempty"`
	MaxLength string `json:",omitempty"`
}

// Types lists what AttributeDataType may say.
func Types() []string { return []string{"String", "Number", "DateTime", "Boolean"} }

func standard(name, kind, low, high string) Attribute {
	no, yes := false, true
	a := Attribute{Name: name, AttributeDataType: kind, DeveloperOnlyAttribute: &no, Mutable: &yes, Required: &no}
	switch kind {
	case "String":
		a.StringAttributeConstraints = &StringConstraints{low, high}
	case "Number":
		a.NumberAttributeConstraints = &NumberConstraints{low, high}
	}
	if name == "sub" {
		a.Mutable, a.Required = &no, &yes
	}
	return a
}

// standardSchema is the schema of a pool for which nothing was said.
// https://docs.aws.amazon.com/cli/latest/reference/cognito-idp/create-user-pool.html (the first example)
func standardSchema() []Attribute {
	schema := []Attribute{standard("sub", "String", "1", "2048")}
	for _, name := range []string{
		"name", "given_name", "family_name", "middle_name", "nickname", "preferred_username", "profile", "picture",
		"website", "email", "email_verified", "gender", "birthdate", "zoneinfo", "locale", "phone_number",
		"phone_number_verified", "address", "updated_at",
	} {
		switch name {
		case "email_verified", "phone_number_verified":
			schema = append(schema, standard(name, "Boolean", "", ""))
		case "birthdate":
			schema = append(schema, standard(name, "String", "10", "10"))
		case "updated_at":
			schema = append(schema, standard(name, "Number", "0", ""))
		default:
			schema = append(schema, standard(name, "String", "0", "2048"))
		}
	}
	return schema
}

// StandardAttribute returns what a new pool says of a standard attribute.
func StandardAttribute(name string) (Attribute, bool) {
	schema := standardSchema()
	i := slices.IndexFunc(schema, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return schema[i], true
}

// schemaOf is the standard schema, with what was said about its attributes in
// their places, and the custom attributes after it.
func schemaOf(d *directory.Pool) []Attribute {
	schema := standardSchema()
	given, _ := get[[]Attribute](d.Settings, "SchemaAttributes")
	custom := slices.Clone(d.Custom)
	for _, a := range given {
		if i := slices.IndexFunc(schema, func(s Attribute) bool { return s.Name == a.Name }); i >= 0 {
			schema[i] = a
		} else {
			schema = append(schema, a)
		}
		custom = slices.DeleteFunc(custom, func(name string) bool { return name == a.Name })
	}
	no, yes := false, true
	for _, name := range custom { // of the server's configuration
		schema = append(schema, Attribute{
			Name: name, AttributeDataType: "String", DeveloperOnlyAttribute: &no, Mutable: &yes, Required: &no,
			StringAttributeConstraints: &StringConstraints{},
		})
	}
	return schema
}

// AddAttributes adds attributes to a pool that does not have them.
func AddAttributes(d *directory.Pool, added []Attribute) {
	given, _ := get[[]Attribute](d.Settings, "SchemaAttributes")
	if d.Settings == nil {
		d.Settings = map[string]json.RawMessage{}
	}
	set(d.Settings, "SchemaAttributes", append(given, added...))
	for _, a := range added {
		d.Custom = append(d.Custom, a.Name)
	}
}
