package describe

import (
	"encoding/json"
	"maps"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// OfClient describes a client. As Cognito does, it leaves out the validities of access and
// ID tokens that are the default and that no request set.
func OfClient(d directory.Client) Client {
	revocation, session := !d.NoRevocation, int(d.ChallengeValidity/time.Minute)
	c := Client{
		PoolID: d.PoolID, Name: d.Name, ID: d.ID, Secret: d.Secret,
		ModifiedAt: timeOf(d.ModifiedAt), CreatedAt: timeOf(d.CreatedAt),
		ReadAttributes: d.ReadAttributes, WriteAttributes: d.WriteAttributes,
		// Cognito may leave the default out; to show what is in force is a guess.
		ExplicitAuthFlows:          d.AuthFlows,
		SupportedIdentityProviders: d.Providers,
		CallbackURLs:               d.CallbackURLs, LogoutURLs: d.SignOutURLs, DefaultRedirectURI: d.DefaultRedirectURI,
		AllowedOAuthFlows: d.OAuthFlows, AllowedOAuthScopes: d.Scopes,
		AllowedOAuthFlowsUserPoolClient: len(d.OAuthFlows) > 0,
		EnableTokenRevocation:           &revocation,
		AuthSessionValidity:             &session,
	}
	if d.HideUnknownUsers {
		c.PreventUserExistenceErrors = enabled
	}
	c.Others = maps.Clone(d.Settings)
	if c.Others == nil {
		c.Others = map[string]json.RawMessage{}
	}
	if _, ok := c.Others["EnablePropagateAdditionalUserContextData"]; !ok {
		c.Others["EnablePropagateAdditionalUserContextData"] = json.RawMessage("false")
	}
	c.takeGiven(&d)
	maps.DeleteFunc(c.Others, func(name string, _ json.RawMessage) bool { return clientNames[name] })
	return c
}

// takeGiven fills the members that the record has in another form.
func (c *Client) takeGiven(d *directory.Client) {
	given, known := get[*TimeUnits](c.Others, "TokenValidityUnits")
	if !known || given == nil {
		given = &TimeUnits{}
	}
	c.TokenValidityUnits = &TimeUnits{AccessToken: given.AccessToken, IDToken: given.IDToken, RefreshToken: given.RefreshToken}
	c.AccessTokenValidity = validity(c.Others, "AccessTokenValidity", d.AccessValidity, directory.DefaultTokenValidity, "hours", &c.TokenValidityUnits.AccessToken)
	c.IDTokenValidity = validity(c.Others, "IdTokenValidity", d.IDValidity, directory.DefaultTokenValidity, "hours", &c.TokenValidityUnits.IDToken)
	c.RefreshTokenValidity = validity(c.Others, "RefreshTokenValidity", d.RefreshValidity, 0, "days", &c.TokenValidityUnits.RefreshToken)
	if flows, ok := get[[]string](c.Others, "AllowedOAuthFlows"); ok && len(d.OAuthFlows) == 0 {
		c.AllowedOAuthFlows = flows
	}
	if said, ok := get[string](c.Others, "PreventUserExistenceErrors"); ok && !d.HideUnknownUsers {
		c.PreventUserExistenceErrors = said
	}
	if r, ok := get[*RefreshTokenRotation](c.Others, "RefreshTokenRotation"); ok {
		c.RefreshTokenRotation = r
	} else if d.Rotation {
		grace := int(d.RotationGrace / time.Second)
		c.RefreshTokenRotation = &RefreshTokenRotation{Feature: enabled, RetryGracePeriodSeconds: &grace}
	}
}

// validity returns the number that was given; else, unless d is the unsaid default,
// d in the largest unit that leaves nothing over, which it names.
func validity(settings map[string]json.RawMessage, name string, d, unsaid time.Duration, ofDefault string, unit *string) *int {
	if n, ok := get[int](settings, name); ok {
		return &n
	}
	if d == unsaid {
		return nil
	}
	names := []string{*unit, ofDefault, "days", "hours", "minutes", "seconds"}
	if *unit == "" {
		names = names[1:]
	}
	for _, name := range names {
		if length := units[name]; length != 0 && d%length == 0 {
			n := int(d / length)
			if name != ofDefault || *unit != "" {
				*unit = name
			}
			return &n
		}
	}
	n := int(d / time.Second)
	*unit = "seconds"
	return &n
}
