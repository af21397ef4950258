package userpool

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/address"
	"github.com/poolguard/poolguard/userpool/internal/api"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
)

// faults are all faults of a Config, each with its field.
type faults []error

func (f *faults) add(field, format string, args ...any) {
	*f = append(*f, &ConfigError{field, fmt.Sprintf(format, args...)})
}

// take adds the faults of a record. names maps the record's fields to those of the Config.
func (f *faults) take(field string, found []directory.Fault, names map[string]string) {
	for _, fault := range found {
		fault = fault.Renamed(names)
		f.add(field+"."+fault.Field, "%s", fault.Message)
	}
}

var (
	poolFields   = map[string]string{"Password": "PasswordPolicy"}
	clientFields = map[string]string{
		"OAuthFlows": "Flows", "AccessValidity": "AccessTokenValidity", "IDValidity": "IDTokenValidity",
		"RefreshValidity": "RefreshTokenValidity", "RotationGrace": "RefreshRotation.Grace",
	}
)

func (c *Config) validate() error {
	var f faults
	validatePublicURL(&f, c.PublicURL)
	switch c.IssuerForm {
	case "", IssuerLocal, IssuerOriginal, IssuerUpdated:
	default:
		f.add("IssuerForm", "%q is not one of local, original, updated", c.IssuerForm)
	}
	if c.Region != "" && !api.IsRegion(c.Region) {
		f.add("Region", "%q is not the name of a Region, such as us-east-1", c.Region)
	}
	if c.Rotation.Every < 0 {
		f.add("Rotation.Every", "%v is negative", c.Rotation.Every)
	}
	if c.Rotation.Overlap < 0 {
		f.add("Rotation.Overlap", "%v is negative", c.Rotation.Overlap)
	}
	seen := server{pools: map[string]bool{}, clients: map[string]bool{}, domains: map[string]bool{}}
	for i := range c.Pools {
		c.Pools[i].validate(&f, fmt.Sprintf("Pools[%d]", i), seen)
	}
	c.validateDescriptions(&f)
	return errors.Join(f...)
}

// server has the names that must be unique on a server.
type server struct{ pools, clients, domains map[string]bool }

func validatePublicURL(f *faults, raw string) {
	if raw == "" {
		f.add("PublicURL", "is required, for example http://127.0.0.1:9229")
		return
	}
	u, reason := address.Parse(raw, address.Rules{PlainHTTP: true})
	switch {
	case reason != "":
		f.add("PublicURL", "%s", reason)
	case u.Scheme+"://"+u.Host != raw: // a slash at the end would be in every issuer
		f.add("PublicURL", "%q has more than scheme, host and port", raw)
	}
}

func (p *Pool) validate(f *faults, field string, seen server) {
	pool := p.record(time.Time{})
	pool.Name = p.Name // a missing name is allowed
	f.take(field, pool.Faults(), poolFields)
	if seen.pools[p.ID] {
		f.add(field+".ID", "%q is used twice", p.ID)
	}
	seen.pools[p.ID] = true
	if p.Domain != "" && seen.domains[p.Domain] {
		f.add(field+".Domain", "%q is used twice on this server", p.Domain)
	}
	seen.domains[p.Domain] = true
	scopes := p.validateScopes(f, field)
	var providers []string
	for i, provider := range p.Providers {
		at := fmt.Sprintf("%s.Providers[%d]", field, i)
		record := directory.Provider{PoolID: p.ID, Name: provider.Name, Type: provider.Type, Issuer: provider.Issuer}
		f.take(at, record.Faults(), nil)
		if slices.Contains(providers, provider.Name) {
			f.add(at+".Name", "%q is used twice", provider.Name)
		}
		providers = append(providers, provider.Name)
	}
	var groups []string
	for i, g := range p.Groups {
		at := fmt.Sprintf("%s.Groups[%d]", field, i)
		record := directory.Group{PoolID: p.ID, Name: g.Name, Description: g.Description, RoleARN: g.RoleARN, Precedence: g.Precedence}
		f.take(at, record.Faults(), nil)
		g.Claims.validate(f, at+".Claims")
		if slices.Contains(groups, g.Name) {
			f.add(at+".Name", "%q is used twice", g.Name)
		}
		groups = append(groups, g.Name)
	}
	for i, c := range p.Clients {
		at := fmt.Sprintf("%s.Clients[%d]", field, i)
		record := c.record(p.ID, time.Time{})
		record.Name = c.Name
		record.Providers = c.Providers // without COGNITO, so that the index is that of the caller
		f.take(at, record.Faults(&pool, scopes, providers), clientFields)
		if seen.clients[c.ID] {
			f.add(at+".ID", "%q is used twice on this server", c.ID)
		}
		seen.clients[c.ID] = true
		c.Claims.validate(f, at+".Claims")
	}
	p.validateUsers(f, field, &pool)
}

func (p *Pool) validateScopes(f *faults, field string) (scopes []string) {
	for i, r := range p.ResourceServers {
		record := r.record(p.ID)
		at := fmt.Sprintf("%s.ResourceServers[%d]", field, i)
		f.take(at, record.Faults(), nil)
		for j, scope := range record.ScopeNames() {
			if slices.Contains(scopes, scope) && !slices.Contains(r.Scopes[:j], r.Scopes[j]) {
				f.add(fmt.Sprintf("%s.Scopes[%d]", at, j), "%q is a scope of another resource server too", scope)
			}
		}
		scopes = append(scopes, record.ScopeNames()...)
	}
	return scopes
}

func (p *Pool) validateUsers(f *faults, field string, pool *directory.Pool) {
	seen := map[string]bool{}
	for i, u := range p.Users {
		at := fmt.Sprintf("%s.Users[%d]", field, i)
		record := directory.User{Username: u.Username, Sub: u.Sub, Groups: u.Groups, Attributes: u.Attributes}
		f.take(at, record.Faults(pool), nil)
		if key := pool.UserKey(u.Username); seen[key] {
			f.add(at+".Username", "%q is used twice%s", u.Username, map[bool]string{false: " (case does not count)"}[p.CaseSensitive])
		} else {
			seen[key] = true
		}
		f.take(at, directory.PasswordFaults(string(u.Password)), nil)
		if u.TOTPSecret != "" && !goodTOTPSecret(string(u.TOTPSecret)) {
			f.add(at+".TOTPSecret", "is not base32 of at least 16 bytes: want A to Z and 2 to 7, without padding")
		}
		u.Claims.validate(f, at+".Claims")
	}
}

// goodTOTPSecret requires 128 bits, as RFC 4226 §4 does.
func goodTOTPSecret(secret string) bool {
	return len(secret) >= 26 && len(secret) <= 256 && strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

func (c *ExtraClaims) validate(f *faults, field string) {
	for token, claims := range map[string]map[string]any{"ID": c.ID, "Access": c.Access} {
		for _, name := range slices.Sorted(maps.Keys(claims)) {
			at := fmt.Sprintf("%s.%s[%q]", field, token, name)
			if name == "" || issuer.Reserved(name) {
				f.add(at, "cannot be set: in Cognito, a trigger cannot change this claim")
			}
			if _, err := json.Marshal(claims[name]); err != nil {
				f.add(at, "is not JSON")
			}
		}
	}
}
