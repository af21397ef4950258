package oauth

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/localpool"
	"golang.org/x/oauth2"
)

// DefaultFlowLifetime is the default of [Config.FlowLifetime].
const DefaultFlowLifetime = 15 * time.Minute

const (
	longestFlowLifetime = 24 * time.Hour
	shortestFlowKey     = 32
	longestArgument     = 1024
)

// Config configures a [Client]. App, Verifier, UserPoolID, RedirectURL and Scopes must be
// set.
type Config struct {
	// App is the app client, with the address of its pool's endpoints.
	App App

	// Verifier verifies the tokens. It must trust the user pool and the app client.
	Verifier *cognito.Verifier

	// UserPoolID is the pool's ID. Tokens of another pool that Verifier trusts are
	// refused.
	UserPoolID string

	// ReplicaRegions are as in [cognito.UserPool].
	ReplicaRegions []string

	// Issuer is the pool's issuer if it is not Amazon's, as in [cognito.UserPool].
	Issuer string

	// RedirectURL is the address to which the pool redirects the browser after the
	// sign-in. It must be one of the app client's callback URLs, character by character.
	// It is https, http with a loopback address, or has an application's own scheme (RFC
	// 8252 §7.1).
	RedirectURL string

	// Scopes are requested at each sign-in. They must contain "openid": without it there
	// is no ID token, and the ID token binds the tokens to the sign-in.
	Scopes []string

	// FlowLifetime is the longest time between Start and Finish. 0 means
	// [DefaultFlowLifetime]. The maximum is 24 hours.
	FlowLifetime time.Duration

	// FlowKeys encrypt flows. The first key encrypts new flows, and all keys decrypt, so
	// a key can be replaced. Each has at least 32 random bytes. Processes that serve the
	// same users must have the same keys. Without a key, New creates one for this
	// process, and a restart ends all unfinished sign-ins.
	FlowKeys []Secret

	// Ledger records the flows for which a code was sent, so that none is finished twice.
	// nil is a Ledger in the memory of this process. That is enough for one process, or
	// if FlowKeys is empty.
	Ledger Ledger

	// InsecureAllowMissingAccessTokenHash accepts ID tokens without at_hash from the
	// exchange of a code. OpenID Connect Core §3.1.3.6 makes it optional, and Cognito
	// sends it. Without it, only the subject binds the two tokens to each other. An
	// at_hash that is present must match in any case.
	InsecureAllowMissingAccessTokenHash bool
}

// A Client signs users in at a user pool with the authorization code grant, and refreshes
// and revokes their tokens. Make one with [New]. It is safe for concurrent use. A call
// ends with its context at the latest. Each of its steps (the ledger, the pool, the keys)
// takes at most [App.Timeout]. The zero value refuses every call.
type Client struct {
	app        App
	oauth2     oauth2.Config
	verifier   *cognito.Verifier
	userPoolID string
	issuers    []string
	lifetime   time.Duration
	seals      []cipher.AEAD
	ledger     Ledger
	needHash   bool
	refreshes  refreshes
}

// New returns a Client for the app client in config. It reports every fault of config at
// once, each as a [*ConfigError]. It does no I/O.
func New(config Config) (*Client, error) {
	issuers, err := config.validate()
	if err != nil {
		return nil, err
	}
	app := config.App.withDefaults()
	c := &Client{
		app:        app,
		oauth2:     app.oauth2(),
		verifier:   config.Verifier,
		userPoolID: config.UserPoolID,
		issuers:    issuers,
		lifetime:   config.FlowLifetime,
		ledger:     config.Ledger,
		needHash:   !config.InsecureAllowMissingAccessTokenHash,
	}
	c.oauth2.RedirectURL = config.RedirectURL
	c.oauth2.Scopes = slices.Clone(config.Scopes)
	if c.lifetime == 0 {
		c.lifetime = DefaultFlowLifetime
	}
	if c.ledger == nil {
		c.ledger = &memory{now: app.Now}
	}
	keys := config.FlowKeys
	if len(keys) == 0 {
		key := make([]byte, shortestFlowKey)
		_, _ = rand.Read(key) // it never fails: crypto/rand
		keys = []Secret{Secret(key)}
	}
	faults := configerror.In("oauth", "Config")
	for n, key := range keys {
		seal, err := newSeal(key)
		//mutate:ignore never: no key of this length fails
		if err != nil {
			faults.Add(fmt.Sprintf("FlowKeys[%d]", n), "cannot be used: %v", err)
		}
		c.seals = append(c.seals, seal)
	}
	//mutate:ignore never: no key of this length fails
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// Format writes the ID of the app client, under every verb. Without it, fmt would print
// the secret, because fmt calls no methods of unexported fields.
func (c *Client) Format(f fmt.State, _ rune) {
	if c == nil {
		_, _ = io.WriteString(f, "no oauth.Client")
		return
	}
	_, _ = fmt.Fprintf(f, "oauth.Client of %q at %q", c.app.ClientID, c.app.Domain)
}

// made refuses a Client that was not made by New: it would check nothing.
func (c *Client) made() *Error {
	if c == nil || c.verifier == nil {
		return fail(ErrInvalidRequest, "the Client was not made with New")
	}
	return nil
}

// within limits one step of a call.
func (c *Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, c.app.Timeout)
}

// validate returns the issuers of the pool, or every fault.
func (c *Config) validate() (issuers []string, err error) {
	faults := configerror.In("oauth", "Config")
	c.App.validate(faults.At("App"))
	if c.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	// A local pool has no issuers of Amazon's, and needs none.
	if c.Issuer == "" || !localpool.IsID(c.UserPoolID) {
		if _, err = cognito.Issuers(c.UserPoolID); err != nil {
			faults.Add("UserPoolID", "%v", err)
		} else if issuers, err = cognito.Issuers(c.UserPoolID, c.ReplicaRegions...); err != nil {
			faults.Add("ReplicaRegions", "%v", err)
		}
	}
	if c.Issuer != "" {
		if _, reason := address.Parse(c.Issuer, address.Rules{Path: true}); reason != "" {
			faults.Add("Issuer", "%s", reason)
		}
		issuers = []string{c.Issuer}
	}
	if reason := checkRedirect(c.RedirectURL); reason != "" {
		faults.Add("RedirectURL", "%s", reason)
	}
	checkScopes(faults, c.Scopes)
	if !slices.Contains(c.Scopes, "openid") {
		faults.Add("Scopes", `must contain "openid", since there is no ID token without it`)
	}
	if c.FlowLifetime < 0 || c.FlowLifetime > longestFlowLifetime {
		faults.Add("FlowLifetime", "is out of range: got %s, want 0 to %s", c.FlowLifetime, longestFlowLifetime)
	}
	for n, key := range c.FlowKeys {
		if len(key) < shortestFlowKey {
			faults.Add(fmt.Sprintf("FlowKeys[%d]", n), "is too short: got %d bytes, want at least %d", len(key), shortestFlowKey)
		}
	}
	return issuers, faults.Err()
}

// checkRedirect accepts the addresses that Cognito accepts as a callback or sign-out URL.
func checkRedirect(s string) (reason string) {
	u, err := url.Parse(s)
	if err == nil && u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https" && !strings.Contains(s, "#") && len(s) <= longestArgument {
		// An application's own scheme: "myapp://callback". A browser would run the rest.
		switch u.Scheme {
		case "javascript", "data", "file", "blob", "vbscript", "about":
			return "has a scheme that browsers execute: use https or a scheme of the application"
		}
		return ""
	}
	if len(s) > longestArgument {
		return "is too long"
	}
	_, reason = address.Parse(s, address.Rules{Path: true, Query: true})
	return reason
}
