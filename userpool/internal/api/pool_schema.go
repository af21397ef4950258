package api

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// checkSchema looks at the shapes of a request's attributes.
func checkSchema(c *constraints, member string, schema []directory.Attribute) {
	for i, a := range schema {
		at := fmt.Sprintf("%s.%d.member.", member, i+1)
		c.required(at+"name", a.Name, attributeShape)
		c.oneOf(at+"attributeDataType", a.AttributeDataType, directory.AttributeTypes()...)
	}
}

// schemaOf returns a request's attributes as a pool describes them. Messages are
// those that others met (moto's tests, aws-cdk's preflight rules).
func schemaOf(schema []directory.Attribute) ([]directory.Attribute, error) {
	var found []directory.Attribute
	for _, a := range schema {
		known, standard := directory.StandardAttribute(a.Name)
		var err error
		if standard {
			a, err = standardAttribute(a, known)
		} else {
			a, err = customAttribute(a)
		}
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(found, func(f directory.Attribute) bool { return f.Name == a.Name }) {
			return nil, invalidParameter("Duplicate custom attribute names %s are not allowed in a user pool schema.", a.Name)
		}
		found = append(found, a)
	}
	return found, nil
}

// standardAttribute is what a request says of a standard attribute, on top of what
// is known of it.
func standardAttribute(said, known directory.Attribute) (directory.Attribute, error) {
	developer := said.DeveloperOnlyAttribute != nil && *said.DeveloperOnlyAttribute
	if developer || said.AttributeDataType != "" && said.AttributeDataType != known.AttributeDataType {
		return known, invalidParameter(
			"You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute %s", said.Name)
	}
	if said.Mutable != nil {
		known.Mutable = said.Mutable
	}
	if said.Required != nil {
		known.Required = said.Required
	}
	if said.StringAttributeConstraints != nil {
		known.StringAttributeConstraints = said.StringAttributeConstraints
	}
	if said.NumberAttributeConstraints != nil {
		known.NumberAttributeConstraints = said.NumberAttributeConstraints
	}
	return known, checkLimits(known)
}

func customAttribute(a directory.Attribute) (directory.Attribute, error) {
	no, yes := false, true
	if a.AttributeDataType == "" {
		return a, invalidParameter("Invalid AttributeDataType input, consider using the provided AttributeDataType enum.")
	}
	if a.Required != nil && *a.Required {
		return a, invalidParameter("Required custom attributes are not supported currently.")
	}
	a.Required = &no
	if a.Mutable == nil {
		a.Mutable = &yes
	}
	a.Name = "custom:" + a.Name
	if a.DeveloperOnlyAttribute == nil {
		a.DeveloperOnlyAttribute = &no
	}
	if *a.DeveloperOnlyAttribute {
		a.Name = "dev:" + a.Name
	}
	if a.AttributeDataType == "String" && a.StringAttributeConstraints == nil {
		a.StringAttributeConstraints = &directory.StringConstraints{}
	}
	if a.AttributeDataType == "Number" && a.NumberAttributeConstraints == nil {
		a.NumberAttributeConstraints = &directory.NumberConstraints{}
	}
	return a, checkLimits(a)
}

// checkLimits wants limits that are numbers, the lower one not above the other.
func checkLimits(a directory.Attribute) error {
	low, high, kind := "", "", "StringAttributeConstraints"
	switch {
	case a.AttributeDataType == "String" && a.StringAttributeConstraints != nil:
		low, high = a.StringAttributeConstraints.MinLength, a.StringAttributeConstraints.MaxLength
	case a.AttributeDataType == "Number" && a.NumberAttributeConstraints != nil:
		low, high, kind = a.NumberAttributeConstraints.MinValue, a.NumberAttributeConstraints.MaxValue, "NumberAttributeConstraints"
	}
	limit := func(text string, unsaid int) (int, error) {
		if text == "" {
			return unsaid, nil
		}
		n, err := strconv.Atoi(text)
		if err != nil {
			return 0, invalidParameter("Invalid %s for schema attribute %s", kind, a.Name)
		}
		return n, nil
	}
	least, err := limit(low, 0)
	if err != nil {
		return err
	}
	most, err := limit(high, max(least, 0))
	switch {
	case err != nil:
		return err
	case a.AttributeDataType == "String" && max(least, most) > attributes.MaxValue:
		// The words are those of moto's tests.
		return invalidParameter("user.%s: String attributes cannot have a length of more than %d", a.Name, attributes.MaxValue)
	case least > most && kind == "StringAttributeConstraints":
		return invalidParameter("user.%s: Max length cannot be less than min length.", a.Name)
	case least > most:
		return invalidParameter("user.%s: Max value cannot be less than min value.", a.Name)
	}
	return nil
}

type addCustomAttributesInput struct {
	UserPoolID       string `json:"UserPoolId"`
	CustomAttributes []directory.Attribute
}

func (a *API) addCustomAttributes(ctx context.Context, in addCustomAttributesInput) (empty, error) {
	var c constraints
	c.required("UserPoolId", in.UserPoolID, poolIDShape)
	c.present("CustomAttributes", len(in.CustomAttributes) > 0)
	c.atMost("CustomAttributes", len(in.CustomAttributes), 25)
	checkSchema(&c, "customAttributes", in.CustomAttributes)
	if err := c.err(); err != nil {
		return empty{}, err
	}
	added := make([]directory.Attribute, len(in.CustomAttributes))
	for i, attribute := range in.CustomAttributes {
		var err error
		if added[i], err = customAttribute(attribute); err != nil {
			return empty{}, err
		}
	}
	return empty{}, a.inPool(ctx, in.UserPoolID, func(tx store.Tx, p directory.Pool) error {
		for i, attribute := range added {
			if slices.Contains(p.Custom, attribute.Name) || slices.ContainsFunc(added[:i], func(b directory.Attribute) bool { return b.Name == attribute.Name }) {
				return invalidParameter("%s: Existing attribute already has name %s.", attribute.Name, attribute.Name)
			}
		}
		describe.AddAttributes(&p, added)
		p.ModifiedAt = a.Now()
		if err := poolException(&p); err != nil {
			return err
		}
		return directory.PutPool(tx, p)
	})
}
