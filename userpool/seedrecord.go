package userpool

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

func (r *ResourceServer) record(poolID string) directory.ResourceServer {
	record := directory.ResourceServer{PoolID: poolID, Identifier: r.Identifier, Name: r.Identifier}
	for _, scope := range r.Scopes {
		record.Scopes = append(record.Scopes, directory.ResourceScope{Name: scope, Description: scope})
	}
	return record
}

func (p *Pool) record(now time.Time) directory.Pool {
	policy := p.PasswordPolicy
	return directory.Pool{
		ID: p.ID, Name: cmp.Or(p.Name, p.ID), CreatedAt: now, ModifiedAt: now,
		Password: directory.PasswordPolicy{
			MinimumLength:    cmp.Or(policy.MinimumLength, 8),
			RequireUppercase: !policy.NoUppercase, RequireLowercase: !policy.NoLowercase,
			RequireNumbers: !policy.NoNumbers, RequireSymbols: !policy.NoSymbols,
			TemporaryDays: cmp.Or(policy.TemporaryDays, 7),
		},
		UsernameAttributes: slices.Clone(p.UsernameAttributes), AliasAttributes: slices.Clone(p.AliasAttributes),
		AutoVerifiedAttributes: slices.Clone(p.AutoVerifiedAttributes), CaseSensitive: p.CaseSensitive,
		MFA: cmp.Or(p.MFA, "OFF"), AdminCreateUserOnly: p.AdminCreateUserOnly, AnyCustom: true,
	}
}

func (c *Client) record(poolID string, now time.Time) directory.Client {
	orDefault := func(d, def time.Duration) time.Duration { return cmp.Or(d, def) }
	flows := make([]string, len(c.Flows))
	for i, f := range c.Flows {
		flows[i] = string(f)
	}
	return directory.Client{
		ID: c.ID, PoolID: poolID, Name: cmp.Or(c.Name, c.ID), CreatedAt: now, ModifiedAt: now,
		Secret: directory.Secret(c.Secret), OAuthFlows: flows, Scopes: slices.Clone(c.Scopes),
		CallbackURLs: slices.Clone(c.CallbackURLs), SignOutURLs: slices.Clone(c.SignOutURLs),
		Providers: append([]string{directory.ProviderCognito}, c.Providers...), AuthFlows: slices.Clone(c.AuthFlows),
		HideUnknownUsers: !c.RevealUnknownUsers, NoRevocation: c.NoRevocation,
		AccessValidity:    orDefault(c.AccessTokenValidity, directory.DefaultTokenValidity),
		IDValidity:        orDefault(c.IDTokenValidity, directory.DefaultTokenValidity),
		RefreshValidity:   orDefault(c.RefreshTokenValidity, directory.DefaultRefreshValidity),
		ChallengeValidity: orDefault(c.ChallengeValidity, directory.DefaultChallengeValidity),
		Rotation:          c.RefreshRotation.Enabled, RotationGrace: c.RefreshRotation.Grace,
		ReadAttributes: slices.Clone(c.ReadAttributes), WriteAttributes: slices.Clone(c.WriteAttributes),
		Claims: c.Claims.record(),
	}
}

// record encodes claims, which validation has tried before.
func (c *ExtraClaims) record() directory.Claims {
	encode := func(claims map[string]any) map[string]json.RawMessage {
		encoded := map[string]json.RawMessage{}
		for name, value := range claims {
			if b, err := json.Marshal(value); err == nil {
				encoded[name] = b
			}
		}
		return encoded
	}
	return directory.Claims{ID: encode(c.ID), Access: encode(c.Access)}
}
