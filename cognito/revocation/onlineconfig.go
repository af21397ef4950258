package revocation

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/localpool"
)

// Defaults of [OnlineConfig].
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

// OnlineConfig configures an [Online] check. UserPools must be set.
type OnlineConfig struct {
	// UserPools are the user pools to ask. Tokens of other pools are refused.
	UserPools []OnlineUserPool

	// MaxAge is the time for which a token counts as not revoked after Cognito answered.
	// It is the longest delay until a revocation takes effect. 0 means
	// [DefaultOnlineMaxAge]. The maximum is 24 hours.
	MaxAge time.Duration

	// MaxEntries is the largest number of answers in memory, about 300 bytes each. 0
	// means [DefaultOnlineMaxEntries]. Beyond it, some answers are dropped and Cognito is
	// asked again.
	MaxEntries int

	// MaxConcurrent is the largest number of requests at the same time. 0 means
	// [DefaultOnlineMaxConcurrent]. Further requests wait. Cognito throttles both
	// endpoints for the whole account.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html
	MaxConcurrent int

	// Timeout limits one question, including its wait for a free request. 0 means
	// [DefaultOnlineTimeout]. The maximum is five minutes.
	Timeout time.Duration

	// InsecureAcceptIDTokens accepts ID tokens without a question, since no endpoint
	// takes them. A revoked ID token then stays valid until it expires.
	InsecureAcceptIDTokens bool

	// InsecureAcceptMachineTokens accepts tokens of the client credentials grant without
	// a question. No endpoint takes them, and Cognito cannot revoke them.
	InsecureAcceptMachineTokens bool

	// HTTPClient sends the requests, for example with your own certificate authority or
	// proxy. It is copied and not modified. No client follows redirects or keeps cookies
	// here. nil is a client that uses the proxy settings of the environment. It keeps
	// connections with HTTP/2 only: package net/http writes what a peer sends on an idle
	// HTTP/1 connection to the standard logger, and that may be the token. For a client of
	// your own, consider [http.Transport.DisableKeepAlives].
	HTTPClient *http.Client

	// Now returns the current time. nil is time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// An OnlineUserPool says how to ask one user pool: at userInfo, with GetUser, or both. If
// both are set, a token with the scope "openid" is sent to userInfo and any other token
// to GetUser.
type OnlineUserPool struct {
	// ID is the user pool ID. It may be that of a local pool, such as local_AbCdEfGh. GetUser
	// then needs an Endpoint.
	ID string

	// Domain is the origin of the pool's OAuth endpoints, such as
	// https://auth.example.com. Tokens with the scope "openid" are sent to
	// /oauth2/userInfo there. It must belong to this pool: the domain of another pool
	// reports every token as invalid. So no two pools have the same.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/userinfo-endpoint.html
	Domain string

	// GetUser sends tokens with the scope "aws.cognito.signin.user.admin" to this action
	// of Cognito's API. Sign-ins through the API have that scope.
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUser.html
	GetUser bool

	// Endpoint is the origin for GetUser in place of the public one of the region: a FIPS
	// endpoint, a private endpoint or a local pool. It must be in the same region:
	// another region reports every token as invalid.
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
	domains := map[string]int{} // where each was seen first
	gates := map[string]*gate{} // of each address: pools of one region share the quota of GetUser
	for n, p := range c.UserPools {
		pool := faults.At(fmt.Sprintf("UserPools[%d]", n))
		if pools[p.ID] != nil {
			pool.Add("ID", "repeats %.60q", p.ID)
		}
		if p.Domain != "" {
			if first, ok := domains[canonical(p.Domain)]; ok {
				pool.Add("Domain", "is that of UserPools[%d] too: each user pool has a domain of its own, and reports tokens of other pools as invalid", first)
			} else {
				domains[canonical(p.Domain)] = n
			}
		}
		pools[p.ID] = p.endpoints(pool)
		for _, way := range pools[p.ID].ways {
			if gates[way.address] == nil {
				gates[way.address] = way.gate
			}
			way.gate = gates[way.address]
		}
	}
	if c.MaxAge < 0 || c.MaxAge > longestMaxAge {
		faults.Add("MaxAge", "is out of range: got %s, want 0 to %s", c.MaxAge, longestMaxAge)
	}
	if c.Timeout < 0 || c.Timeout > longestTimeout {
		faults.Add("Timeout", "is out of range: got %s, want 0 to %s", c.Timeout, longestTimeout)
	}
	if c.MaxEntries < 0 {
		faults.Add("MaxEntries", "must not be negative: got %d", c.MaxEntries)
	}
	if c.MaxConcurrent < 0 {
		faults.Add("MaxConcurrent", "must not be negative: got %d", c.MaxConcurrent)
	}
	return pools, faults.Err()
}

// canonical returns a domain in the one form that all its spellings share.
func canonical(domain string) string {
	u, err := url.Parse(address.Origin(domain))
	if err != nil || u.Host == "" {
		return domain // a fault that is reported
	}
	host := strings.TrimSuffix(u.Hostname(), ".")
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.Unmap().String()
	}
	return u.Scheme + "://" + net.JoinHostPort(host, u.Port())
}

// endpoints returns those of the pool, in the order in which they are chosen.
func (p *OnlineUserPool) endpoints(faults configerror.Faults) *endpoints {
	api := ""
	switch issuers, err := cognito.Issuers(p.ID); {
	case localpool.IsID(p.ID):
		if p.GetUser && p.Endpoint == "" {
			faults.Add("Endpoint", "is empty: the local pool %s is in no Region, so set the address for GetUser", p.ID)
		}
	case err != nil:
		faults.Add("ID", "%v", err)
	default:
		api = strings.TrimSuffix(issuers[0], "/"+p.ID) // the original issuer is below the API's origin
	}
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
			faults.Add("Endpoint", "has no effect without GetUser: set GetUser, or remove it")
		}
		api = p.Endpoint
	}
	if p.GetUser {
		e.ways = append(e.ways, getUser(api))
	}
	if len(e.ways) == 0 {
		faults.Add("Domain", "is empty and GetUser is not set: set at least one of them")
	}
	return e
}
