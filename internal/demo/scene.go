package demo

import (
	"cmp"
	"slices"

	"github.com/poolguard/poolguard/userpool"
)

// The app clients of the scene: the app that people sign in to, a machine, and an
// app of the same pool whose tokens the API does not take.
const (
	appClient     = "local-client"
	machineClient = "local-machine"
	otherClient   = "another-app"
)

// What the app asks for when somebody signs in to it. It may read orders and not
// write them, so that there is something to be refused.
const appScopes = "openid email profile orders/read"

// otherCallback is where the other app would be. Nothing asks for it: the walk
// takes the code out of the redirect.
const otherCallback = "http://localhost:3000/callback"

// A scene is who and what is in the demo, and where.
type scene struct {
	poolURL, appURL string // origins
	issuer          string // of the pool's tokens, as the running pool reports it
	pool            userpool.Pool
	command         string
}

func newScene(poolURL, appURL, command string) scene {
	pool := userpool.DefaultPool()
	for i := range pool.Clients {
		c := &pool.Clients[i]
		if c.ID == appClient {
			c.CallbackURLs = append(c.CallbackURLs, appURL+callbackPath)
			c.SignOutURLs = append(c.SignOutURLs, appURL+"/")
		}
	}
	pool.Clients = append(pool.Clients, userpool.Client{
		ID:           otherClient,
		Flows:        []userpool.Flow{userpool.FlowCode},
		Scopes:       []string{"openid", "orders/read"},
		CallbackURLs: []string{otherCallback},
	})
	return scene{poolURL: poolURL, appURL: appURL, pool: pool, command: cmp.Or(command, "poolguard")}
}

// user is the one who signs in during the walk.
func (s *scene) user() userpool.User { return s.pool.Users[0] }

// secret is the client secret of one of the pool's clients.
func (s *scene) secret(clientID string) string {
	n := slices.IndexFunc(s.pool.Clients, func(c userpool.Client) bool { return c.ID == clientID })
	if n < 0 {
		return ""
	}
	return string(s.pool.Clients[n].Secret)
}

// app is the client that people sign in to.
func (s *scene) app() relyingParty {
	return relyingParty{clientID: appClient, redirectURI: s.appURL + callbackPath, scope: appScopes}
}

// otherApp is a client of the same pool.
func (s *scene) otherApp() relyingParty {
	return relyingParty{clientID: otherClient, redirectURI: otherCallback, scope: "openid orders/read"}
}
