package issuer

import (
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Subject is whom a token is about, and for which client.
type Subject struct {
	Pool   directory.Pool
	Client directory.Client
	User   directory.User
	SignIn directory.SignIn
	// Groups are the user's, in the user's order.
	Groups []directory.Group
	// Nonce is the ID token's; "" leaves the claim out.
	Nonce string
	// AccessTokenHash has the ID token carry at_hash, as the OAuth endpoints do.
	AccessTokenHash bool
}

func (i *Issuer) baseClaims(poolID, use string, now time.Time, validity time.Duration) Claims {
	return Claims{
		"iss":       i.cfg.URL(poolID),
		"token_use": use,
		"jti":       i.cfg.Random.UUID(),
		"iat":       now.Unix(),
		"exp":       now.Add(validity).Unix(),
	}
}

func (i *Issuer) signInClaims(s *Subject, use string, now time.Time, validity time.Duration) Claims {
	c := i.baseClaims(s.Pool.ID, use, now, validity)
	c["sub"] = s.User.Sub
	c["auth_time"] = s.SignIn.AuthTime.Unix()
	c["event_id"] = s.SignIn.EventID
	if !s.Client.NoRevocation {
		c["origin_jti"] = s.SignIn.OriginJTI
	}
	if len(s.User.Groups) > 0 {
		c["cognito:groups"] = s.User.Groups
	}
	if s.SignIn.Level != "" {
		c["acr"] = s.SignIn.Level
	}
	if len(s.SignIn.Methods) > 0 {
		c["amr"] = s.SignIn.Methods
	}
	return c
}

func (i *Issuer) accessClaims(s *Subject, now time.Time) Claims {
	c := i.signInClaims(s, "access", now, s.Client.AccessValidity)
	c["client_id"] = s.Client.ID
	c["username"] = s.User.Username
	c["scope"] = strings.Join(s.SignIn.Scopes, " ")
	c["version"] = 2
	if s.SignIn.Resource != "" {
		c["aud"] = s.SignIn.Resource
	}
	for _, g := range s.Groups {
		c.add(g.Claims.Access)
	}
	c.add(s.Client.Claims.Access)
	c.add(s.User.Claims.Access)
	return c
}

func (i *Issuer) idClaims(s *Subject, now time.Time) Claims {
	c := i.signInClaims(s, "id", now, s.Client.IDValidity)
	c["aud"] = s.Client.ID
	c["cognito:username"] = s.User.Username
	for name, value := range VisibleAttributes(s.Client, s.User, s.SignIn.Scopes) {
		switch name {
		case "email_verified", "phone_number_verified":
			c[name] = value == "true"
		default:
			c[name] = value
		}
	}
	if roles, preferred := rolesOf(s.Groups); len(roles) > 0 {
		c["cognito:roles"] = roles
		if preferred != "" {
			c["cognito:preferred_role"] = preferred
		}
	}
	if len(s.User.Identities) > 0 {
		c["identities"] = identitiesOf(s.User)
	}
	if s.Nonce != "" {
		c["nonce"] = s.Nonce
	}
	for _, g := range s.Groups {
		c.add(g.Claims.ID)
	}
	c.add(s.Client.Claims.ID)
	c.add(s.User.Claims.ID)
	return c
}

// VisibleAttributes returns the attributes of u that a sign-in with those scopes
// shows to a client. It follows AWS's table of scopes: openid alone shows every
// attribute, and so does profile; email and phone narrow it to their own; the API's
// own scope shows all.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
func VisibleAttributes(client directory.Client, u directory.User, scopes []string) map[string]string {
	email, phone := slices.Contains(scopes, "email"), slices.Contains(scopes, "phone")
	all := slices.Contains(scopes, "profile") || !email && !phone
	visible := map[string]string{}
	for name, value := range u.Attributes {
		of := func(attribute string) bool { return name == attribute || name == attribute+"_verified" }
		inScope := all || email && of("email") || phone && of("phone_number")
		if inScope && (client.ReadAttributes == nil || slices.Contains(client.ReadAttributes, name)) {
			visible[name] = value
		}
	}
	return visible
}

// identity is a member of `identities`: primary and dateCreated are strings.
type identity struct {
	UserID       string  `json:"userId"`
	ProviderName string  `json:"providerName"`
	ProviderType string  `json:"providerType"`
	Issuer       *string `json:"issuer"`
	Primary      string  `json:"primary"`
	DateCreated  string  `json:"dateCreated"`
}

func identitiesOf(u directory.User) []identity {
	list := make([]identity, len(u.Identities))
	for n, id := range u.Identities {
		list[n] = identity{
			UserID: id.UserID, ProviderName: id.ProviderName, ProviderType: id.ProviderType,
			Primary: "false", DateCreated: formatMillis(id.CreatedAt),
		}
		if id.Issuer != "" {
			list[n].Issuer = &id.Issuer
		}
		if id.Primary {
			list[n].Primary = "true"
		}
	}
	return list
}

// rolesOf returns the roles of groups, and the one of the lowest precedence unless
// two share it.
func rolesOf(groups []directory.Group) (roles []string, preferred string) {
	best := -1
	for _, g := range groups {
		if g.RoleARN == "" {
			continue
		}
		if !slices.Contains(roles, g.RoleARN) {
			roles = append(roles, g.RoleARN)
		}
		switch {
		case g.Precedence == nil:
		case best < 0 || *g.Precedence < best:
			best, preferred = *g.Precedence, g.RoleARN
		case *g.Precedence == best && preferred != g.RoleARN:
			preferred = ""
		}
	}
	return roles, preferred
}
