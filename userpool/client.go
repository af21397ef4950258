package userpool

import (
	"slices"
	"time"
)

// Client is an app client of a user pool.
type Client struct {
	// ID is the client_id: letters, digits, "_", "+", "-", at most 128.
	ID string
	// Secret makes the client confidential: the token endpoint then demands it.
	// Empty means a public client.
	Secret Secret
	// Flows are the OAuth grants that the client may use. None means none.
	Flows []Flow
	// Scopes are what the client may ask for: standard scopes (openid, email,
	// phone, profile, aws.cognito.signin.user.admin) and those of the pool's
	// resource servers. A request that names none gets all of them.
	Scopes []string
	// CallbackURLs are the redirect URIs, compared character by character. They
	// are https, http on a loopback host, or of an application's own scheme.
	CallbackURLs []string
	// SignOutURLs are where /logout may redirect to, under the same rules.
	SignOutURLs []string

	// AccessTokenValidity is 5 minutes to 1 day, in whole seconds and not over
	// the refresh token's. 0 means 1 hour.
	AccessTokenValidity time.Duration
	// IDTokenValidity has the bounds and the default of AccessTokenValidity.
	IDTokenValidity time.Duration
	// RefreshTokenValidity is 60 minutes to 3650 days, in whole seconds. 0 means
	// 30 days.
	RefreshTokenValidity time.Duration
	// RefreshRotation makes refresh tokens good for one use.
	RefreshRotation RefreshRotation
}

// RefreshRotation says whether a refresh returns a new refresh token. The new
// one keeps what is left of the old one's life.
type RefreshRotation struct {
	Enabled bool
	// Grace is how long a replaced token stays good, 0 to 60 seconds, for clients
	// that lost the answer.
	Grace time.Duration
}

// Flow is an OAuth grant by the name that Cognito's API gives it
// (AllowedOAuthFlows).
type Flow string

const (
	// FlowCode is the authorization code grant, with or without PKCE, and the
	// refresh tokens that come of it.
	FlowCode Flow = "code"
	// FlowClientCredentials is the machine grant. It needs a secret and, as in
	// Cognito, excludes FlowCode on the same client.
	FlowClientCredentials Flow = "client_credentials"
)

const (
	defaultTokenValidity   = time.Hour
	minTokenValidity       = 5 * time.Minute
	maxTokenValidity       = 24 * time.Hour
	defaultRefreshValidity = 30 * 24 * time.Hour
	minRefreshValidity     = time.Hour
	maxRefreshValidity     = 3650 * 24 * time.Hour
	maxRotationGrace       = time.Minute
)

// appClient is a validated Client with its defaults filled in. It is read-only.
type appClient struct {
	Client
	pool *pool
}

func newAppClient(c Client, p *pool) *appClient {
	orDefault := func(d, def time.Duration) time.Duration {
		if d == 0 {
			return def
		}
		return d
	}
	c.AccessTokenValidity = orDefault(c.AccessTokenValidity, defaultTokenValidity)
	c.IDTokenValidity = orDefault(c.IDTokenValidity, defaultTokenValidity)
	c.RefreshTokenValidity = orDefault(c.RefreshTokenValidity, defaultRefreshValidity)
	// The caller keeps its slices and may change them.
	c.Flows = slices.Clone(c.Flows)
	c.Scopes = slices.Clone(c.Scopes)
	c.CallbackURLs = slices.Clone(c.CallbackURLs)
	c.SignOutURLs = slices.Clone(c.SignOutURLs)
	return &appClient{Client: c, pool: p}
}

func (c *appClient) allows(f Flow) bool { return slices.Contains(c.Flows, f) }
