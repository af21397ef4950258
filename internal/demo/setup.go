package demo

import (
	"cmp"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/userpool"
)

// The app clients: the app that users sign in to, a machine, and an app of the same
// pool whose tokens the API does not accept.
const (
	appClient     = "local-client"
	machineClient = "local-machine"
	otherClient   = "another-app"
)

// appScopes are the scopes that the app requests. It may read orders and not write
// them, so the API has something to reject.
const appScopes = "openid email profile orders/read"

// otherCallback is the callback URL of the other app. No request goes there: the walk
// reads the code from the redirect.
const otherCallback = "http://localhost:3000/callback"

// A setup is the demo's pool with its users and app clients, and the addresses.
type setup struct {
	poolURL, appURL string // origins
	issuer          string // of the pool, as its server reports it
	pool            userpool.Pool
	command         string
}

func newSetup(poolURL, appURL, command string) setup {
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
	return setup{poolURL: poolURL, appURL: appURL, pool: pool, command: cmp.Or(command, "poolguard")}
}

// user signs in during the walk.
func (s *setup) user() userpool.User { return s.pool.Users[0] }

// secret is the client secret of an app client of the pool.
func (s *setup) secret(clientID string) string {
	n := slices.IndexFunc(s.pool.Clients, func(c userpool.Client) bool { return c.ID == clientID })
	if n < 0 {
		return ""
	}
	return string(s.pool.Clients[n].Secret)
}

// verifier returns a verifier of the pool's tokens for some of its app clients. now
// returns the time; nil is the time of this machine.
func (s *setup) verifier(now func() time.Time, clientIDs ...string) (*cognito.Verifier, error) {
	return cognito.New(cognito.Config{
		UserPools:  []cognito.UserPool{{ID: s.pool.ID, ClientIDs: clientIDs, Issuer: s.issuer}},
		HTTPClient: newHTTPClient(nil),
		Now:        now,
		Logger:     slog.New(slog.DiscardHandler),
	})
}

// An appConfig is the part of an app's configuration that differs between the apps.
type appConfig struct{ clientID, redirectURL, scopes string }

// app is the app that users sign in to.
func (s *setup) app() appConfig { return appConfig{appClient, s.appURL + callbackPath, appScopes} }

// otherApp is another app of the same pool.
func (s *setup) otherApp() appConfig {
	return appConfig{otherClient, otherCallback, "openid orders/read"}
}

// oauth is the configuration of an app's sign-in at the pool. The caller sets the rest.
func (s *setup) oauth(app appConfig, verifier *cognito.Verifier) oauth.Config {
	return oauth.Config{
		App:         oauth.App{Domain: s.poolURL, ClientID: app.clientID},
		Verifier:    verifier,
		UserPoolID:  s.pool.ID,
		Issuer:      s.issuer,
		RedirectURL: app.redirectURL,
		Scopes:      strings.Fields(app.scopes),
	}
}
