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

// Descriptions are pools and app clients as AWS describes those of an account.
// They hold no users and no passwords: Cognito gives neither away. See
// [ReadDescriptions].
type Descriptions struct{ imported describe.Import }

// NamedReader is a source of descriptions with the name that errors call it by,
// such as that of a file.
type NamedReader struct {
	Name string
	io.Reader
}

// ReadDescriptions reads what
//
//	aws cognito-idp describe-user-pool --user-pool-id …
//	aws cognito-idp describe-user-pool-client --user-pool-id … --client-id …
//
// print as JSON, in any order and any number of sources, for [Config.Descriptions].
// Clients need the description of their pool. Resource servers are made of the
// scopes that clients have. All faults come back at once, each with the name of its
// source.
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

// PoolIDs returns the IDs of the described pools; none, if d is nil.
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

// validateDescriptions checks what a Config has beside the descriptions against
// them.
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

// Pools returns the described pools with their clients, as far as a [Pool] can
// say it: to show them, or to start a configuration from. They have no users.
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

// warnOfDescriptions tells the log what was described and changes nothing here.
func (s *Server) warnOfDescriptions(d *Descriptions) {
	if d == nil {
		return
	}
	warn := func(kind, id string, settings map[string]json.RawMessage) {
		if names := describe.Inert(settings); len(names) > 0 {
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

// seeds returns what is described of each pool.
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
