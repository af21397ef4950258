package userpool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Descriptions are pools and app clients in the form in which AWS describes them. They have
// no users and no passwords: Cognito does not return passwords. See [ReadDescriptions].
type Descriptions struct{ imported describe.Import }

// NamedReader is a source of descriptions. Name is its name in errors, such as the name of
// a file.
type NamedReader struct {
	Name string
	io.Reader
}

// ReadDescriptions reads the JSON output of
//
//	aws cognito-idp describe-user-pool --user-pool-id …
//	aws cognito-idp describe-user-pool-client --user-pool-id … --client-id …
//
// for [Config.Descriptions]. The sources may come in any number and any order. The pool of
// each client must be described too. The scopes of the clients define the resource servers.
// The error has all faults, each with the name of its source.
func ReadDescriptions(sources ...NamedReader) (*Descriptions, error) {
	var parts []describe.Import
	var faults []error
	for _, source := range sources {
		part, err := describe.Read(source, source.Name)
		parts, faults = append(parts, part), append(faults, err)
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	merged, err := describe.Merge(parts...)
	if err != nil {
		return nil, err
	}
	return &Descriptions{imported: merged}, nil
}

// PoolIDs returns the IDs of the described pools. It returns no IDs if d is nil.
func (d *Descriptions) PoolIDs() []string {
	if d == nil {
		return nil
	}
	ids := make([]string, len(d.imported.Pools))
	for i, p := range d.imported.Pools {
		ids[i] = p.ID
	}
	return ids
}

// validateDescriptions checks that the clients of Pools are not in the descriptions too.
func (c *Config) validateDescriptions(f *faults) {
	if c.Descriptions == nil {
		return
	}
	for i, p := range c.Pools {
		for j, client := range p.Clients {
			at := fmt.Sprintf("Pools[%d].Clients[%d].ID", i, j)
			if slices.ContainsFunc(c.Descriptions.imported.Clients, func(d directory.Client) bool { return d.ID == client.ID }) {
				f.add(at, "%q is among the descriptions too", client.ID)
			}
		}
	}
}

// Pools returns the described pools with their clients, without users. Settings that [Pool]
// has no field for are left out. Use it to show the pools, or as the start of a
// configuration.
func (d *Descriptions) Pools() []Pool {
	if d == nil {
		return nil
	}
	pools := make([]Pool, len(d.imported.Pools))
	for i, p := range d.imported.Pools {
		pools[i] = Pool{
			ID: p.ID, Name: p.Name, UsernameAttributes: slices.Clone(p.UsernameAttributes), AliasAttributes: slices.Clone(p.AliasAttributes),
			AutoVerifiedAttributes: slices.Clone(p.AutoVerifiedAttributes), CaseSensitive: p.CaseSensitive, MFA: p.MFA,
			AdminCreateUserOnly: p.AdminCreateUserOnly,
		}
		for _, c := range d.imported.Clients {
			if c.PoolID == p.ID {
				pools[i].Clients = append(pools[i].Clients, describedClient(c))
			}
		}
	}
	return pools
}

func describedClient(c directory.Client) Client {
	flows := make([]Flow, len(c.OAuthFlows))
	for i, f := range c.OAuthFlows {
		flows[i] = Flow(f)
	}
	return Client{
		ID: c.ID, Name: c.Name, Secret: Secret(c.Secret), Flows: flows, Scopes: slices.Clone(c.Scopes),
		CallbackURLs: slices.Clone(c.CallbackURLs), SignOutURLs: slices.Clone(c.SignOutURLs), AuthFlows: slices.Clone(c.AuthFlows),
		RevealUnknownUsers: !c.HideUnknownUsers, NoRevocation: c.NoRevocation,
		AccessTokenValidity: c.AccessValidity, IDTokenValidity: c.IDValidity, RefreshTokenValidity: c.RefreshValidity,
		RefreshRotation: RefreshRotation{Enabled: c.Rotation, Grace: c.RotationGrace},
	}
}

// warnOfDescriptions logs the described settings that have no effect on this server.
func (s *Server) warnOfDescriptions(d *Descriptions) {
	if d == nil {
		return
	}
	warn := func(kind, id string, settings map[string]json.RawMessage) {
		if names := describe.WithoutEffect(settings); len(names) > 0 {
			s.log.Warn("settings taken, not acted upon", kind, id, "settings", names)
		}
	}
	for _, p := range d.imported.Pools {
		warn("pool", p.ID, p.Settings)
	}
	for _, c := range d.imported.Clients {
		warn("client", c.ID, c.Settings)
	}
}

// seeds returns one seed for each described pool.
func (d *Descriptions) seeds(now time.Time) []poolSeed {
	if d == nil {
		return nil
	}
	in := d.imported
	all := make([]poolSeed, len(in.Pools))
	for i, p := range in.Pools {
		s := poolSeed{field: "Descriptions", record: p, domains: slices.Clone(in.Domains[p.ID]), now: now}
		for _, r := range in.ResourceServers {
			if r.PoolID == p.ID {
				s.servers = append(s.servers, r)
			}
		}
		for _, provider := range in.Providers {
			if provider.PoolID == p.ID {
				s.providers = append(s.providers, provider)
			}
		}
		for _, c := range in.Clients {
			if c.PoolID == p.ID {
				s.clients = append(s.clients, c)
			}
		}
		all[i] = s
	}
	return all
}
