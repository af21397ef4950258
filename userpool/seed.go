package userpool

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/random"
	"github.com/poolguard/poolguard/userpool/internal/srp"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// seed writes the configured pools into the store.
func (s *Server) seed(ctx context.Context, cfg Config) error {
	if cfg.Descriptions != nil {
		if err := s.seedDescriptions(ctx, cfg.Descriptions); err != nil {
			return fmt.Errorf("Descriptions: %w", err)
		}
	}
	for i, p := range cfg.Pools {
		pool, described := cfg.Descriptions.pool(p.ID)
		if !described {
			pool = p.record(s.now())
		}
		users, err := s.newUsers(ctx, pool, p.Users)
		if err == nil {
			err = s.store.Update(ctx, func(tx store.Tx) error { return s.seedPool(tx, p, pool, users) })
		}
		if err != nil {
			return fmt.Errorf("Pools[%d]: %w", i, err)
		}
	}
	return nil
}

// newUsers makes the records of those users that the store does not have. Deriving
// a verifier takes a millisecond, which no transaction should.
func (s *Server) newUsers(ctx context.Context, pool directory.Pool, configured []User) ([]directory.User, error) {
	var made []directory.User
	for i, u := range configured {
		err := s.store.View(ctx, func(tx store.Tx) error {
			_, err := directory.GetUser(tx, pool, u.Username)
			return err
		})
		if err == nil {
			continue
		}
		if !errors.Is(err, store.ErrNotFound) {
			return nil, fmt.Errorf("Users[%d]: %w", i, err)
		}
		record, err := u.record(pool, s.random, s.now())
		if err != nil {
			return nil, fmt.Errorf("Users[%d]: %w", i, err)
		}
		made = append(made, record)
	}
	return made, nil
}

func (s *Server) seedPool(tx store.Tx, p Pool, pool directory.Pool, users []directory.User) error {
	now := s.now()
	if old, err := directory.GetPool(tx, pool.ID); err == nil {
		pool.CreatedAt = old.CreatedAt
	}
	faults := []error{directory.PutPool(tx, pool)}
	if p.Domain != "" {
		faults = append(faults, directory.PutDomain(tx, p.Domain, pool.ID))
	}
	for _, r := range p.ResourceServers {
		faults = append(faults, directory.PutResourceServer(tx, r.record(pool.ID)))
	}
	for _, provider := range p.Providers {
		faults = append(faults, directory.PutProvider(tx, directory.Provider{
			PoolID: pool.ID, Name: provider.Name, Type: provider.Type, Issuer: provider.Issuer,
		}))
	}
	for _, g := range p.Groups {
		record := directory.Group{
			PoolID: pool.ID, Name: g.Name, Description: g.Description, RoleARN: g.RoleARN, Precedence: g.Precedence,
			CreatedAt: now, ModifiedAt: now, Claims: g.Claims.record(),
		}
		faults = append(faults, directory.PutGroup(tx, record))
	}
	for _, c := range p.Clients {
		faults = append(faults, directory.PutClient(tx, c.record(pool.ID, now)))
	}
	for _, u := range users {
		for _, name := range u.Groups {
			if _, err := directory.GetGroup(tx, pool.ID, name); errors.Is(err, store.ErrNotFound) {
				faults = append(faults, directory.PutGroup(tx, directory.Group{PoolID: pool.ID, Name: name, CreatedAt: now, ModifiedAt: now}))
			}
		}
		faults = append(faults, directory.PutUser(tx, pool, u))
	}
	return errors.Join(faults...)
}

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

func (u *User) record(pool directory.Pool, source *random.Source, now time.Time) (directory.User, error) {
	verifier, err := srp.NewVerifier(source, pool.SRPName(), u.Username, string(u.Password))
	if err != nil {
		return directory.User{}, err
	}
	record := directory.User{
		PoolID: pool.ID, Username: u.Username,
		Sub:    cmp.Or(u.Sub, random.DerivedUUID(pool.ID, pool.UserKey(u.Username))),
		Status: directory.Confirmed, Disabled: u.Disabled, CreatedAt: now, ModifiedAt: now, Password: verifier,
		Attributes: u.Attributes, Groups: u.Groups, Claims: u.Claims.record(),
		TOTPSecret: string(u.TOTPSecret), TOTPEnabled: u.TOTPSecret != "",
	}
	if u.Temporary {
		record.Status = directory.ForceChangePassword
		record.TemporaryUntil = now.AddDate(0, 0, pool.Password.TemporaryDays)
	}
	return record, nil
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
