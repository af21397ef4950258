package userpool

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// poolSeed is the configuration of one pool, with its descriptions.
type poolSeed struct {
	field     string // of Config, for errors
	record    directory.Pool
	domains   []string
	servers   []directory.ResourceServer
	providers []directory.Provider
	groups    []directory.Group
	clients   []directory.Client
	users     []*User
	now       time.Time
}

// seeds returns one seed for each pool, the described pools first.
func (c *Config) seeds(now time.Time) []poolSeed {
	all := c.Descriptions.seeds(now)
	for i := range c.Pools {
		p := &c.Pools[i]
		at := slices.IndexFunc(all, func(s poolSeed) bool { return s.record.ID == p.ID })
		if at < 0 {
			at = len(all)
			all = append(all, poolSeed{record: p.record(now), now: now})
		}
		all[at].field = fmt.Sprintf("Pools[%d]", i)
		all[at].add(p)
	}
	return all
}

// add adds a configured pool. Its records replace those of the descriptions.
func (s *poolSeed) add(p *Pool) {
	id, now := s.record.ID, s.now
	if p.Domain != "" && !slices.Contains(s.domains, p.Domain) {
		s.domains = append(s.domains, p.Domain)
	}
	for _, r := range p.ResourceServers {
		s.servers = slices.DeleteFunc(s.servers, func(d directory.ResourceServer) bool { return d.Identifier == r.Identifier })
		s.servers = append(s.servers, r.record(id))
	}
	for _, provider := range p.Providers {
		s.providers = slices.DeleteFunc(s.providers, func(d directory.Provider) bool { return d.Name == provider.Name })
		s.providers = append(s.providers, directory.Provider{PoolID: id, Name: provider.Name, Type: provider.Type, Issuer: provider.Issuer})
	}
	for _, g := range p.Groups {
		s.groups = append(s.groups, directory.Group{
			PoolID: id, Name: g.Name, Description: g.Description, RoleARN: g.RoleARN, Precedence: g.Precedence,
			CreatedAt: now, ModifiedAt: now, Claims: g.Claims.record(),
		})
	}
	for _, c := range p.Clients {
		s.clients = append(s.clients, c.record(id, now))
	}
	for i := range p.Users {
		s.users = append(s.users, &p.Users[i])
	}
}

// group returns the configured group of that name, or a new one with nothing but the name.
func (s *poolSeed) group(name string) directory.Group {
	if i := slices.IndexFunc(s.groups, func(g directory.Group) bool { return g.Name == name }); i >= 0 {
		return s.groups[i]
	}
	return directory.Group{PoolID: s.record.ID, Name: name, CreatedAt: s.now, ModifiedAt: s.now}
}

// kindPool is the kind of the entry that is the pool itself.
const kindPool = "pool"

// recordSeed is a configured record with the way to write it.
type recordSeed struct {
	entry

	put func(store.Tx) error
}

// records lists all records except users, in the order to write them. Times are not
// compared.
func (s *poolSeed) records() []recordSeed {
	id := s.record.ID
	form := s.record
	form.CreatedAt, form.ModifiedAt = time.Time{}, time.Time{}
	records := []recordSeed{{entry{kind: kindPool, key: id, form: form}, s.putPool}}
	add := func(kind, name string, form any, put func(store.Tx) error) {
		records = append(records, recordSeed{entry{kind: kind, key: id + "\x00" + name, form: form}, put})
	}
	if len(s.domains) > 0 {
		add("domains", "", s.domains, func(tx store.Tx) error { return directory.SetDomains(tx, id, s.domains) })
	}
	for _, r := range s.servers {
		add("resource_server", r.Identifier, r, func(tx store.Tx) error { return directory.PutResourceServer(tx, r) })
	}
	for _, p := range s.providers {
		add("provider", p.Name, p, func(tx store.Tx) error { return directory.PutProvider(tx, p) })
	}
	for _, g := range s.groups {
		form := g
		form.CreatedAt, form.ModifiedAt = time.Time{}, time.Time{}
		add("group", g.Name, form, func(tx store.Tx) error { return directory.PutGroup(tx, g) })
	}
	for _, c := range s.clients {
		form := c
		form.CreatedAt, form.ModifiedAt = time.Time{}, time.Time{}
		// The key is the ID alone, which is unique on a server: a client may move to another pool.
		records = append(records, recordSeed{
			entry{kind: "client", key: c.ID, form: form},
			func(tx store.Tx) error { return putClient(tx, c) },
		})
	}
	return records
}

// putPool keeps the settings of a stored pool that a configuration does not have.
func (s *poolSeed) putPool(tx store.Tx) error {
	record := s.record
	old, err := directory.GetPool(tx, record.ID)
	if errors.Is(err, store.ErrNotFound) {
		return directory.PutPool(tx, record)
	}
	if err != nil {
		return err
	}
	record.CreatedAt = old.CreatedAt
	if record.Domains == nil {
		record.Domains = old.Domains
	}
	return directory.ReplacePool(tx, old, record)
}

func putClient(tx store.Tx, c directory.Client) error {
	switch old, err := directory.GetClient(tx, c.ID); {
	case err == nil:
		c.CreatedAt = old.CreatedAt
		if err := directory.DeleteClient(tx, old); err != nil { // it may be another pool's
			return err
		}
	case !errors.Is(err, store.ErrNotFound):
		return err
	}
	return directory.PutClient(tx, c)
}
