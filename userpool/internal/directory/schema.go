package directory

import (
	"encoding/json"
	"slices"
)

// Attribute is an attribute of a pool's users, in the API's JSON
// (SchemaAttributeType). Here and in descriptions the names of custom ones begin
// with "custom:" or "dev:custom:", in requests not.
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

// AttributeTypes lists what AttributeDataType may say.
func AttributeTypes() []string { return []string{"String", "Number", "DateTime", "Boolean"} }

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

// Schema returns the pool's attributes: the standard ones, with what was said about
// them in their places, and the custom ones after them. A custom attribute of the
// server's configuration is a string that anybody changes.
func (p *Pool) Schema() []Attribute {
	schema := standardSchema()
	for _, a := range p.declared() {
		if i := slices.IndexFunc(schema, func(s Attribute) bool { return s.Name == a.Name }); i >= 0 {
			schema[i] = a
		} else {
			schema = append(schema, a)
		}
	}
	for _, name := range p.Custom {
		if !slices.ContainsFunc(schema, func(s Attribute) bool { return s.Name == name }) {
			schema = append(schema, freeAttribute(name))
		}
	}
	return schema
}

// declared is what requests or descriptions said of attributes.
func (p *Pool) declared() (schema []Attribute) {
	// What wrote it took care: what is not understood here is as good as none.
	_ = json.Unmarshal(p.Settings["SchemaAttributes"], &schema)
	return schema
}

func freeAttribute(name string) Attribute {
	no, yes := false, true
	return Attribute{
		Name: name, AttributeDataType: "String", DeveloperOnlyAttribute: &no, Mutable: &yes, Required: &no,
		StringAttributeConstraints: &StringConstraints{},
	}
}

// Attribute returns the entry of an attribute in the pool's schema. ok is false for an
// attribute that users cannot have, and for the sub, which no caller can set.
func (p *Pool) Attribute(name string) (a Attribute, ok bool) {
	if !p.HasAttribute(name) {
		return Attribute{}, false
	}
	schema := p.Schema()
	if i := slices.IndexFunc(schema, func(s Attribute) bool { return s.Name == name }); i >= 0 {
		return schema[i], true
	}
	return freeAttribute(name), true
}

// RequiredAttributes returns the names of the attributes that a sign-up must have. The sub
// is not one of them, because the pool makes it.
func (p *Pool) RequiredAttributes() (names []string) {
	for _, a := range p.declared() {
		if a.Required != nil && *a.Required && a.Name != "sub" {
			names = append(names, a.Name)
		}
	}
	return names
}

// Immutable reports whether the attribute cannot change after a user was made.
func (a *Attribute) Immutable() bool { return a.Mutable != nil && !*a.Mutable }
