package revocation

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// What OnlineConfig means where it sets nothing.
const (
	DefaultOnlineMaxAge        = time.Minute
	DefaultOnlineTimeout       = 5 * time.Second
	DefaultOnlineMaxEntries    = 10_000
	DefaultOnlineMaxConcurrent = 32
)

const (
	longestMaxAge  = 24 * time.Hour
	longestTimeout = 5 * time.Minute
)

// OnlineConfig says whom an [Online] check asks and how long it believes the answers.
// UserPools must be set.
type OnlineConfig struct {
	// UserPools are those that can be asked. Tokens of others are refused.
	UserPools []OnlineUserPool

	// MaxAge is how long a token passes for good after Cognito was asked about it, and so
	// how late a revocation is noticed at worst: 0 for [DefaultOnlineMaxAge], at most 24 hours.
	MaxAge time.Duration

	// MaxEntries bounds the answers that are remembered, some 300 bytes each: 0 for
	// [DefaultOnlineMaxEntries]. Beyond it some are forgotten, and asked for again.
	MaxEntries int

	// MaxConcurrent bounds the requests under way at a time: 0 for
	// [DefaultOnlineMaxConcurrent]. Further ones wait their turn. Cognito throttles both
	// endpoints, for all who ask in the account together.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	MaxConcurrent int

	// Timeout is how long a question may take, its wait for a turn included: 0 for
	// [DefaultOnlineTimeout], at most five minutes.
	Timeout time.Duration

	// InsecureAcceptIDTokens lets ID tokens pass unasked, which no endpoint takes: one
	// that was revoked stays good until it expires.
	InsecureAcceptIDTokens bool

	// InsecureAcceptMachineTokens lets the tokens of the client credentials grant pass
	// unasked, which no endpoint takes, and Cognito cannot revoke.
	InsecureAcceptMachineTokens bool

	// HTTPClient sends the requests: for a certificate authority or a proxy of one's
	// own. It is copied and not modified. Redirects are not followed and cookies not
	// kept, with any client. nil is one that honours the environment's proxy settings.
	HTTPClient *http.Client

	// Now tells the time; nil is time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// An OnlineUserPool is how one user pool is asked: at userInfo, by GetUser, or both.
// Where both are set, a token with the scope "openid" is asked about at userInfo, and
// any other one by GetUser.
type OnlineUserPool struct {
	// ID is the user pool ID.
	ID string

	// Domain is where the pool's OAuth endpoints are, an origin such as
	// https://auth.example.com: tokens with the scope "openid" are presented to
	// /oauth2/userInfo there. It must be this pool's, since another one's calls every
	// token invalid.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
	Domain string

	// GetUser has tokens with the scope "aws.cognito.signin.user.admin", which sign-ins
	// by the API have, presented to that action of Cognito's own API.
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
	GetUser bool

	// Endpoint is the origin to ask by GetUser in place of the region's public one: a
	// FIPS or private one, or a local pool. It must be of the same region, since
	// another one calls every token invalid.
	Endpoint string
}

func (c OnlineConfig) withDefaults() OnlineConfig {
	if c.MaxAge == 0 {
		c.MaxAge = DefaultOnlineMaxAge
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultOnlineTimeout
	}
	if c.MaxEntries == 0 {
		c.MaxEntries = DefaultOnlineMaxEntries
	}
	if c.MaxConcurrent == 0 {
		c.MaxConcurrent = DefaultOnlineMaxConcurrent
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}

// validate returns the pools by their IDs, or every fault.
func (c *OnlineConfig) validate() (map[string]*endpoints, error) {
	faults := configerror.In("revocation", "OnlineConfig")
	if len(c.UserPools) == 0 {
		faults.Add("UserPools", "is empty: name at least one user pool to ask")
	}
	pools := map[string]*endpoints{}
	for n, p := range c.UserPools {
		pool := faults.At(fmt.Sprintf("UserPools[%d]", n))
		if pools[p.ID] != nil {
			pool.Add("ID", "repeats %.60q", p.ID)
		}
		pools[p.ID] = p.endpoints(pool)
	}
	if c.MaxAge < 0 || c.MaxAge > longestMaxAge {
		faults.Add("MaxAge", "is %s, not from 0 to %s", c.MaxAge, longestMaxAge)
	}
	if c.Timeout < 0 || c.Timeout > longestTimeout {
		faults.Add("Timeout", "is %s, not from 0 to %s", c.Timeout, longestTimeout)
	}
	if c.MaxEntries < 0 {
		faults.Add("MaxEntries", "is negative (%d)", c.MaxEntries)
	}
	if c.MaxConcurrent < 0 {
		faults.Add("MaxConcurrent", "is negative (%d)", c.MaxConcurrent)
	}
	return pools, faults.Err()
}

// endpoints returns those of the pool, in the order in which they are chosen.
func (p *OnlineUserPool) endpoints(faults configerror.Faults) *endpoints {
	original, _, err := cognito.Issuers(p.ID)
	if err != nil {
		faults.Add("ID", "%v", err)
	}
	api := strings.TrimSuffix(original, "/"+p.ID) // the issuer is below the API's origin
	e := &endpoints{}
	if p.Domain != "" {
		if _, reason := address.Parse(p.Domain, address.Rules{}); reason != "" {
			faults.Add("Domain", "%s", reason)
		}
		e.ways = append(e.ways, userInfo(p.Domain))
	}
	if p.Endpoint != "" {
		if _, reason := address.Parse(p.Endpoint, address.Rules{}); reason != "" {
			faults.Add("Endpoint", "%s", reason)
		}
		if !p.GetUser {
			faults.Add("Endpoint", "means nothing without GetUser")
		}
		api = p.Endpoint
	}
	if p.GetUser {
		e.ways = append(e.ways, getUser(api))
	}
	if len(e.ways) == 0 {
		faults.Add("Domain", "is empty, and GetUser not set: say which of them to ask")
	}
	return e
}
