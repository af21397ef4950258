package api

import (
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// attributePair is AttributeType.
type attributePair struct {
	Name  string `json:"Name"`
	Value string `json:"Value"`
}

// attributesIn checks and reads UserAttributes.
func attributesIn(c *constraints, shapes []attributePair) []users.Attribute {
	c.atMost("userAttributes", len(shapes), maxListed)
	var attributes []users.Attribute
	for i, s := range shapes[:min(len(shapes), maxListed)] {
		at := fmt.Sprintf("userAttributes.%d.member", i+1)
		c.required(at+".name", s.Name, attributeNameShape)
		c.optional(at+".value", s.Value, attributeValueShape)
		attributes = append(attributes, users.Attribute{Name: s.Name, Value: s.Value})
	}
	return attributes
}

func attributesOut(attributes []users.Attribute) []attributePair {
	shapes := make([]attributePair, 0, len(attributes))
	for _, at := range attributes {
		shapes = append(shapes, attributePair{at.Name, at.Value})
	}
	return shapes
}

// deliveryShape is CodeDeliveryDetailsType.
type deliveryShape struct {
	AttributeName  string `json:"AttributeName"`
	DeliveryMedium string `json:"DeliveryMedium"`
	Destination    string `json:"Destination"`
}

func deliveryOut(d *users.Delivery) *deliveryShape {
	if d == nil {
		return nil
	}
	return &deliveryShape{d.Attribute, string(d.Medium), d.Destination}
}

// deliveryAnswer is the answer of actions that send a code.
type deliveryAnswer struct {
	CodeDeliveryDetails *deliveryShape `json:"CodeDeliveryDetails,omitempty"`
}

// userShape is UserType.
type userShape struct {
	Username             string          `json:"Username"`
	Attributes           []attributePair `json:"Attributes"`
	UserCreateDate       timestamp       `json:"UserCreateDate"`
	UserLastModifiedDate timestamp       `json:"UserLastModifiedDate"`
	Enabled              bool            `json:"Enabled"`
	UserStatus           string          `json:"UserStatus"`
}

func userOut(u directory.User) userShape {
	return userShape{
		Username: u.Username, Attributes: attributesOut(users.Visible(u, nil)),
		UserCreateDate: timestamp(u.CreatedAt), UserLastModifiedDate: timestamp(u.ModifiedAt),
		Enabled: !u.Disabled, UserStatus: string(u.Status),
	}
}

// factors are the second factors of a user, as GetUser and AdminGetUser show them.
type factors struct {
	PreferredMfaSetting string   `json:"PreferredMfaSetting,omitempty"`
	UserMFASettingList  []string `json:"UserMFASettingList,omitempty"`
}

func factorsOf(u directory.User) factors {
	const totp = "SOFTWARE_TOKEN_MFA"
	if !u.TOTPEnabled {
		return factors{}
	}
	return factors{totp, []string{totp}}
}
