package directory

import (
	"cmp"
	"encoding/json"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Pool is a user pool (UserPoolType of Cognito's API).
type Pool struct {
	ID         string
	Name       string
	CreatedAt  time.Time
	ModifiedAt time.Time

	Password PasswordPolicy
	// UsernameAttributes, "email" or "phone_number" or both, make these the names
	// that people sign up and in with; the user name is then the sub.
	UsernameAttributes []string
	// AliasAttributes, of email, phone_number and preferred_username, are further
	// names for signing in, once verified.
	AliasAttributes []string
	// AutoVerifiedAttributes, of email and phone_number, are confirmed by the code
	// that signing up sends.
	AutoVerifiedAttributes []string
	// CaseSensitive user names differ by case alone. Cognito advises against it.
	CaseSensitive bool
	// MFA is "OFF", "OPTIONAL" or "ON". "" is OFF.
	MFA string
	// AdminCreateUserOnly rejects sign-ups.
	AdminCreateUserOnly bool
	// Custom lists the custom attributes, with their "custom:" prefix. A pool of
	// the server's configuration that lists none takes any.
	Custom []string
	// AnyCustom takes custom attributes that Custom does not list.
	AnyCustom bool
	// DeletionProtection keeps the API from deleting the pool.
	DeletionProtection bool
	// Domains are the settings of the pool's domains that API calls set, by name.
	Domains map[string]map[string]json.RawMessage `json:",omitempty"`
	// Settings are the other settings that API calls set. The API returns them unchanged.
	// Most have no effect on this server; [Pool.Schema] reads SchemaAttributes.
	Settings map[string]json.RawMessage `json:",omitempty"`
}

// PasswordPolicy is what a password must have (PasswordPolicyType).
type PasswordPolicy struct {
	MinimumLength    int // 0 means 8
	RequireUppercase bool
	RequireLowercase bool
	RequireNumbers   bool
	RequireSymbols   bool
	// TemporaryDays is the life of a password that an administrator set; 0 means 7.
	TemporaryDays int
	// HistorySize is how many of a user's last passwords, the present one among
	// them, are not taken again (PasswordHistorySize, 0 to 24).
	HistorySize int `json:",omitempty"`
}

// DefaultPasswordPolicy is that of a new user pool.
var DefaultPasswordPolicy = PasswordPolicy{
	MinimumLength: 8, RequireUppercase: true, RequireLowercase: true, RequireNumbers: true, RequireSymbols: true, TemporaryDays: 7,
}

// SRPName is the pool's part of an SRP identity: the ID without its region.
func (p *Pool) SRPName() string {
	_, name, _ := strings.Cut(p.ID, "_")
	return name
}

// Region is the pool's region, the start of its ID.
func (p *Pool) Region() string {
	region, _, _ := strings.Cut(p.ID, "_")
	return region
}

// ARN is the pool's Amazon resource name, in an account of zeros.
func (p *Pool) ARN() string {
	return "arn:aws:cognito-idp:" + p.Region() + ":000000000000:userpool/" + p.ID
}

// IsAlias reports whether people may sign in by an attribute of that name.
func (p *Pool) IsAlias(attribute string) bool {
	return slices.Contains(p.UsernameAttributes, attribute) || slices.Contains(p.AliasAttributes, attribute)
}

var (
	pools           = table[Pool]{"pools"}
	domains         = table[string]{"domains"}
	resourceServers = table[ResourceServer]{"resource_servers"}
	providers       = table[Provider]{"providers"}
	groups          = table[Group]{"groups"}
)

// PutPool adds or replaces a pool.
func PutPool(tx store.Tx, p Pool) error { return pools.put(tx, p.ID, p) }

// GetPool returns the pool of that ID, or store.ErrNotFound.
func GetPool(tx store.Tx, id string) (Pool, error) { return pools.get(tx, id) }

// Pools yields pools in the order of their IDs, those after the ID after.
func Pools(tx store.Tx, after string) iter.Seq2[Pool, error] { return pools.scan(tx, "", after) }

// DeletePool deletes a pool and all that is in it.
func DeletePool(tx store.Tx, id string) error {
	prefix := join(id, "")
	for client, err := range Clients(tx, id, "") {
		if err != nil {
			return err
		}
		if err := DeleteClient(tx, client); err != nil {
			return err
		}
	}
	domain, err := DomainOfPool(tx, id)
	if err != nil {
		return err
	}
	if err := domains.delete(tx, cmp.Or(domain, separator)); err != nil {
		return err
	}
	for _, drop := range []func(store.Tx, string) error{
		users.deleteAll, aliases.deleteAll, groups.deleteAll, resourceServers.deleteAll, providers.deleteAll,
	} {
		if err := drop(tx, prefix); err != nil {
			return err
		}
	}
	if err := tx.Delete(keysBucket, id); err != nil {
		return err
	}
	return pools.delete(tx, id)
}

// PutDomain gives a pool a domain: a prefix, or a whole name.
func PutDomain(tx store.Tx, domain, poolID string) error { return domains.put(tx, domain, poolID) }

// PoolOfDomain returns the ID of the domain's pool, or store.ErrNotFound.
func PoolOfDomain(tx store.Tx, domain string) (string, error) { return domains.get(tx, domain) }

// DomainOfPool returns the pool's domain, or "".
func DomainOfPool(tx store.Tx, poolID string) (string, error) {
	for domain := range tx.Scan(domains.bucket, "", "") {
		owner, err := domains.get(tx, domain)
		if err != nil {
			return "", err
		}
		if owner == poolID {
			return domain, nil
		}
	}
	return "", nil
}

// DeleteDomain deletes a domain. It returns nil if there is none.
func DeleteDomain(tx store.Tx, domain string) error { return domains.delete(tx, domain) }

// ResourceServer is an API with scopes of its own (ResourceServerType).
type ResourceServer struct {
	PoolID     string
	Identifier string
	Name       string
	Scopes     []ResourceScope
}

// ResourceScope is a scope within an API; tokens say "<Identifier>/<Name>".
type ResourceScope struct{ Name, Description string }

// PutResourceServer adds or replaces a resource server.
func PutResourceServer(tx store.Tx, r ResourceServer) error {
	return resourceServers.put(tx, join(r.PoolID, r.Identifier), r)
}

// GetResourceServer returns the one of that identifier, or store.ErrNotFound.
func GetResourceServer(tx store.Tx, poolID, identifier string) (ResourceServer, error) {
	return resourceServers.get(tx, join(poolID, identifier))
}

// ResourceServers returns those of a pool in the order of their identifiers.
func ResourceServers(tx store.Tx, poolID string) ([]ResourceServer, error) {
	return resourceServers.all(tx, join(poolID, ""))
}

// DeleteResourceServer deletes a resource server. It returns nil if there is none.
func DeleteResourceServer(tx store.Tx, poolID, identifier string) error {
	return resourceServers.delete(tx, join(poolID, identifier))
}

// Provider is a simulated external identity provider: its people sign in by
// choosing a name on a page of the server's own.
type Provider struct {
	PoolID string
	Name   string // such as "Google"; identity_provider in authorization requests
	Type   string // providerType of `identities`: "Google", "SAML", "OIDC", …
	Issuer string // issuer of `identities`, or ""

	// Details, Mapping and Identifiers are the API's ProviderDetails,
	// AttributeMapping and IdpIdentifiers: they are given back, and the identifiers
	// found by.
	Details     map[string]string `json:",omitempty"`
	Mapping     map[string]string `json:",omitempty"`
	Identifiers []string          `json:",omitempty"`
	CreatedAt   time.Time         `json:",omitzero"`
	ModifiedAt  time.Time         `json:",omitzero"`
}

// PutProvider adds or replaces a provider.
func PutProvider(tx store.Tx, p Provider) error { return providers.put(tx, join(p.PoolID, p.Name), p) }

// GetProvider returns the one of that name, or store.ErrNotFound.
func GetProvider(tx store.Tx, poolID, name string) (Provider, error) {
	return providers.get(tx, join(poolID, name))
}

// Providers returns those of a pool in the order of their names.
func Providers(tx store.Tx, poolID string) ([]Provider, error) {
	return providers.all(tx, join(poolID, ""))
}

// DeleteProvider deletes a provider. It returns nil if there is none.
func DeleteProvider(tx store.Tx, poolID, name string) error {
	return providers.delete(tx, join(poolID, name))
}

// Group is a group of users (GroupType). Who is in it, the users say.
type Group struct {
	PoolID      string
	Name        string
	Description string
	RoleARN     string
	// Precedence orders roles: the lowest wins. Nil is after all numbers.
	Precedence *int
	CreatedAt  time.Time
	ModifiedAt time.Time
	// Claims are added to the tokens of the group's members, as a pre token
	// generation trigger would.
	Claims Claims
}

// PutGroup adds or replaces a group.
func PutGroup(tx store.Tx, g Group) error { return groups.put(tx, join(g.PoolID, g.Name), g) }

// GetGroup returns the one of that name, or store.ErrNotFound.
func GetGroup(tx store.Tx, poolID, name string) (Group, error) {
	return groups.get(tx, join(poolID, name))
}

// Groups yields those of a pool in the order of their names, after the name after.
func Groups(tx store.Tx, poolID, after string) iter.Seq2[Group, error] {
	return groups.scan(tx, join(poolID, ""), keyAfter(poolID, after))
}

// DeleteGroup deletes a group and takes its members out of it.
func DeleteGroup(tx store.Tx, p Pool, name string) error {
	members, err := users.all(tx, join(p.ID, ""))
	if err != nil {
		return err
	}
	for _, u := range members {
		if i := slices.Index(u.Groups, name); i >= 0 {
			u.Groups = slices.Delete(u.Groups, i, i+1)
			if err := users.put(tx, p.keyOfUser(u.Username), u); err != nil {
				return err
			}
		}
	}
	return groups.delete(tx, join(p.ID, name))
}

// Claims are extra claims, by token: what a pre token generation trigger may add.
type Claims struct {
	ID     map[string]json.RawMessage `json:",omitempty"`
	Access map[string]json.RawMessage `json:",omitempty"`
}

// keyAfter is the key from which a scan over a pool's records goes on.
func keyAfter(poolID, after string) string {
	if after == "" {
		return ""
	}
	return join(poolID, after)
}
