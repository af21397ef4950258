package describe

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/directory"
)

// Merge puts the parts together and returns all that is wrong with the whole:
// clients without their pool, pools and clients described twice, and what the
// directory's rules forbid.
func Merge(parts ...Import) (Import, error) {
	all := Import{Domains: map[string][]string{}, origins: map[string]string{}}
	var wrong []error
	for _, part := range parts {
		wrong = append(wrong, all.take(part)...)
	}
	if len(all.Pools) == 0 && len(all.Clients) == 0 {
		wrong = append(wrong, fmt.Errorf("nothing is described: %s", howTo))
	}
	for i := range all.Pools {
		p := &all.Pools[i]
		wrong = append(wrong, faults(all.origins["pool "+p.ID], p.Faults(), PoolNames())...)
	}
	for i := range all.Clients {
		wrong = append(wrong, all.settle(&all.Clients[i])...)
	}
	if len(wrong) > 0 {
		return Import{}, errors.Join(wrong...)
	}
	return all, nil
}

// take adds a part.
func (in *Import) take(part Import) (wrong []error) {
	claim := func(key string) bool {
		err := in.claim(key, part.origins[key])
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", part.origins[key], err))
		}
		return err == nil
	}
	for _, p := range part.Pools {
		if claim("pool " + p.ID) {
			in.Pools = append(in.Pools, p)
		}
	}
	for _, c := range part.Clients {
		if claim("client " + c.ID) {
			in.Clients = append(in.Clients, c)
		}
	}
	maps.Copy(in.Domains, part.Domains)
	in.ResourceServers = append(in.ResourceServers, part.ResourceServers...)
	in.Providers = append(in.Providers, part.Providers...)
	return wrong
}

// settle finds a client's pool, makes what the client names, and checks it.
func (in *Import) settle(c *directory.Client) []error {
	origin := in.origins["client "+c.ID]
	i := slices.IndexFunc(in.Pools, func(p directory.Pool) bool { return p.ID == c.PoolID })
	if i < 0 && !directory.IsPoolID(c.PoolID) {
		// It must not be in the command below: the reader would paste it.
		return []error{fmt.Errorf("%s.UserPoolId: %q is not <region>_<letters and digits>", origin, shorten(c.PoolID))}
	}
	if i < 0 {
		return []error{fmt.Errorf(
			"%s.UserPoolId: the app client %s belongs to the pool %s, which is not described: add what `aws cognito-idp describe-user-pool --user-pool-id %s` prints, or leave the client out",
			origin, shown(c.ID), c.PoolID, c.PoolID)}
	}
	var scopes, providers []string
	for _, scope := range c.Scopes {
		if !slices.Contains(directory.StandardScopes(), scope) && in.makeScope(c.PoolID, scope) {
			scopes = append(scopes, scope)
		}
	}
	for _, name := range c.Providers {
		if name != directory.ProviderCognito {
			in.makeProvider(c.PoolID, name)
			providers = append(providers, name)
		}
	}
	return faults(origin, c.Faults(&in.Pools[i], scopes, providers), ClientNames())
}

// makeScope makes the scope's resource server, unless it is there. A scope's own
// name has no slash, so that the last one ends the identifier.
func (in *Import) makeScope(poolID, scope string) bool {
	slash := strings.LastIndexByte(scope, '/')
	if slash < 0 {
		return false
	}
	identifier, name := scope[:slash], scope[slash+1:]
	i := slices.IndexFunc(in.ResourceServers, func(r directory.ResourceServer) bool {
		return r.PoolID == poolID && r.Identifier == identifier
	})
	if i < 0 {
		i = len(in.ResourceServers)
		in.ResourceServers = append(in.ResourceServers, directory.ResourceServer{PoolID: poolID, Identifier: identifier, Name: identifier})
	}
	r := &in.ResourceServers[i]
	trial := directory.ResourceServer{Identifier: identifier, Scopes: []directory.ResourceScope{{Name: name}}}
	if !slices.ContainsFunc(r.Scopes, func(s directory.ResourceScope) bool { return s.Name == name }) {
		// A description is mandatory in the API.
		r.Scopes = append(r.Scopes, directory.ResourceScope{Name: name, Description: name})
	}
	return len(trial.Faults()) == 0
}

// makeProvider makes a provider, unless it is there. No description has the type of a
// provider with a name of its own: OIDC is a guess.
func (in *Import) makeProvider(poolID, name string) {
	if slices.ContainsFunc(in.Providers, func(p directory.Provider) bool { return p.PoolID == poolID && p.Name == name }) {
		return
	}
	kind := "OIDC"
	if slices.Contains([]string{"Facebook", "Google", "LoginWithAmazon", "SignInWithApple"}, name) {
		kind = name
	}
	in.Providers = append(in.Providers, directory.Provider{PoolID: poolID, Name: name, Type: kind})
}

func faults(origin string, found []directory.Fault, names map[string]string) []error {
	wrong := make([]error, len(found))
	for i, fault := range found {
		fault = fault.Renamed(names)
		wrong[i] = fmt.Errorf("%s.%s: %s", origin, fault.Field, fault.Message)
	}
	return wrong
}

// ClientNames are the names that the fields of a client's record have in JSON,
// where they differ.
func ClientNames() map[string]string {
	return map[string]string{
		"ID": "ClientId", "Name": "ClientName", "Secret": "ClientSecret", "OAuthFlows": "AllowedOAuthFlows",
		"Scopes": "AllowedOAuthScopes", "SignOutURLs": "LogoutURLs", "Providers": "SupportedIdentityProviders",
		"AuthFlows": "ExplicitAuthFlows", "AccessValidity": "AccessTokenValidity", "IDValidity": "IdTokenValidity",
		"RefreshValidity": "RefreshTokenValidity", "ChallengeValidity": "AuthSessionValidity",
		"RotationGrace": "RefreshTokenRotation.RetryGracePeriodSeconds",
	}
}

// PoolNames are the names that the fields of a pool's record have in JSON, where
// they differ.
func PoolNames() map[string]string {
	return map[string]string{"ID": "Id", "Password": "Policies.PasswordPolicy", "MFA": "MfaConfiguration", "Custom": "SchemaAttributes"}
}
