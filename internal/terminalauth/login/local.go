package login

import (
	"slices"
	"strings"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/userpool"
)

// LocalProfile is a profile of the pool that poolguard userpool serve has by default, at
// the address url: of its client for machines, or of its client for people.
func LocalProfile(machine bool, url string) profile.Profile {
	pool := userpool.DefaultPool()
	client := pool.Clients[0]
	for _, c := range pool.Clients {
		if slices.Contains(c.Flows, userpool.FlowClientCredentials) == machine {
			client = c
			break
		}
	}
	return profile.Profile{
		UserPoolID: pool.ID, ClientID: client.ID, Domain: url,
		Issuer: userpool.IssuerLocal.Issuer(strings.TrimSuffix(url, "/"), pool.ID),
		Scopes: client.Scopes, Machine: machine, Local: true,
	}
}

// LocalClients are the app clients of the pool that poolguard userpool serve has by default.
func LocalClients() (ids []string) {
	for _, c := range userpool.DefaultPool().Clients {
		ids = append(ids, c.ID)
	}
	return ids
}
