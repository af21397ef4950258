package signin

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

// The defaults of [Config].
const (
	DefaultIdle     = 8 * time.Hour
	DefaultAbsolute = 24 * time.Hour
)

const (
	shortestIdle = time.Minute
	longestLife  = 400 * 24 * time.Hour
	mostKeys     = 16
)

// Config configures a [Handler]. Verifier and Apps must be set.
type Config struct {
	// Verifier verifies the tokens. It must trust the user pool and the app client of each
	// App.
	Verifier *cognito.Verifier

	// Apps are the applications, each with its hosts and its app client.
	Apps []App

	// Store keeps the sessions; nil is a [MemoryStore].
	Store Store

	// Keys seal the sessions, each as [NewKey] makes it. The first key seals, and all keys
	// open. To replace a key, put the new one first, and remove the old one after Absolute:
	// its sessions end then. All processes with the same store need the same keys. A Store
	// needs at least one. Without a Store, New makes a key for this process.
	Keys []oauth.Secret

	// Idle is the time without a request after which a session ends, exact to a minute. 0
	// means [DefaultIdle]. The minimum is one minute.
	Idle time.Duration

	// Absolute is the time after which a session ends in any case. 0 means
	// [DefaultAbsolute]. It is at least Idle, and at most 400 days.
	Absolute time.Duration

	// CookieDomain is a domain whose hosts share one session, such as example.com. Every
	// host below it can then read and set the cookie. "" gives each host a session of its
	// own.
	CookieDomain string

	// Revocations also revokes the access tokens of sessions that end by a sign-out. A
	// *revocation.List is one. nil means that they verify until they expire.
	Revocations Revocations

	// Pages writes the pages; nil is a plain design.
	Pages Pages

	// Logger receives faults of the store and of the user pool. It never gets a token. nil
	// is slog.Default.
	Logger *slog.Logger

	// Now returns the time; nil is time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// An App is an application with its app client. ExternalURL, UserPoolID and Client must be
// set.
type App struct {
	// ExternalURL is the origin of the application as browsers see it, such as
	// https://app.example.com. It is https, or http with a loopback address.
	ExternalURL string

	// Hosts are further hosts of the application. Each has a port, or the port of
	// ExternalURL. Each is an origin with the scheme of ExternalURL.
	Hosts []string

	// UserPoolID, ReplicaRegions and Issuer are as in oauth.Config.
	UserPoolID     string
	ReplicaRegions []string
	Issuer         string

	// Client is the app client. Its callback URLs must have /_auth/callback at ExternalURL
	// and at each of Hosts. Now is set to that of the Config.
	Client oauth.App

	// Scopes are requested at each sign-in. nil means openid and email.
	Scopes []string

	// SignOutURL is the address to which the user pool redirects after a sign-out, one of
	// the sign-out URLs of the app client. "" ends the session here only: the user pool then
	// signs the browser in again without a question, for up to an hour.
	SignOutURL string

	// ReturnToHosts are further hosts to which a sign-in may return, as in Hosts.
	ReturnToHosts []string

	// Parameters are sent with each sign-in: identity_provider, login_hint, lang, prompt and
	// resource.
	Parameters map[string]string

	// AllowParameters are names of these parameters that the address of the sign-in page may
	// have.
	AllowParameters []string
}

// Revocations revokes tokens, as *revocation.List does.
type Revocations interface {
	RevokeSignIn(userPool, originTokenID string, until time.Time) error
	RevokeSubject(userPool, subject string, before time.Time) error
}

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// NewKey returns a new random key for [Config.Keys].
func NewKey() oauth.Secret { return oauth.Secret(seal.NewKey()) }

// ring returns the keys of the configuration.
func (c *Config) ring(faults configerror.Faults) *seal.Ring {
	if c.Store != nil && len(c.Keys) == 0 {
		faults.Add("Keys", "is empty: the sessions of a Store need a key; make one with signin.NewKey")
	}
	if len(c.Keys) > mostKeys {
		faults.Add("Keys", "has too many keys: got %d, want at most %d", len(c.Keys), mostKeys)
	}
	texts := c.Keys
	if len(texts) == 0 {
		texts = []oauth.Secret{NewKey()}
	}
	var keys [][]byte
	for n, text := range texts {
		key, err := seal.ParseKey(string(text))
		if err != nil {
			faults.Add(fmt.Sprintf("Keys[%d]", n), "%v", err)
		}
		keys = append(keys, key)
	}
	return seal.NewRing(keys...)
}

// limits sets the defaults of the limits, and checks them.
func (c *Config) limits(faults configerror.Faults) {
	if c.Idle == 0 {
		c.Idle = DefaultIdle
	}
	if c.Absolute == 0 {
		c.Absolute = max(DefaultAbsolute, c.Idle)
	}
	if c.Idle < shortestIdle {
		faults.Add("Idle", "is too short: got %s, want at least %s", c.Idle, shortestIdle)
	}
	if c.Absolute < c.Idle || c.Absolute > longestLife {
		faults.Add("Absolute", "is out of range: got %s, want from Idle (%s) to %s", c.Absolute, c.Idle, longestLife)
	}
}

// origins returns the origins of the application, that of ExternalURL first.
func (a *App) origins(faults configerror.Faults) (own, others []string) {
	u, reason := address.Parse(a.ExternalURL, address.Rules{})
	if reason != "" {
		faults.Add("ExternalURL", "%s", reason)
		return nil, nil
	}
	own = []string{address.OriginOf(u)}
	read := func(field string, hosts []string) (found []string) {
		for n, host := range hosts {
			origin := originOfHost(u, host)
			if origin == "" {
				faults.Add(fmt.Sprintf("%s[%d]", field, n), "is not a host with the scheme of ExternalURL: got %.100q, want one such as app.example.com:8443", host)
			}
			found = append(found, origin)
		}
		return found
	}
	own = append(own, read("Hosts", a.Hosts)...)
	return own, read("ReturnToHosts", a.ReturnToHosts)
}

// originOfHost returns the origin of a host, "" if the text is no host.
func originOfHost(external *url.URL, host string) string {
	if strings.ContainsAny(host, "/?#@") || host == "" {
		return ""
	}
	u, reason := address.Parse(external.Scheme+"://"+host, address.Rules{})
	if reason != "" {
		return ""
	}
	if u.Port() == "" && external.Port() != "" {
		u.Host += ":" + external.Port()
	}
	return address.OriginOf(u)
}

// checkDomain requires that all hosts are within CookieDomain.
func (c *Config) checkDomain(faults configerror.Faults, origins []string) {
	if c.CookieDomain == "" {
		return
	}
	domain := strings.ToLower(c.CookieDomain)
	if address.Origin("https://"+domain) != "https://"+domain || !strings.Contains(domain, ".") || strings.Trim(domain, ".") != domain {
		faults.Add("CookieDomain", "is not a domain: got %.100q, want one such as example.com", c.CookieDomain)
		return
	}
	for _, origin := range origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "https" || u.Hostname() != domain && !strings.HasSuffix(u.Hostname(), "."+domain) {
			faults.Add("CookieDomain", "does not hold for the origin %.100q: want https and a host in %s", origin, domain)
		}
	}
}

var parameterNames = []string{"identity_provider", "login_hint", "lang", "prompt", "resource"}

func (a *App) checkParameters(faults configerror.Faults) {
	for name := range a.Parameters {
		if !slices.Contains(parameterNames, name) {
			faults.Add("Parameters", "has an unknown name: got %.100q, want one of %s", name, strings.Join(parameterNames, ", "))
		}
	}
	for n, name := range a.AllowParameters {
		if !slices.Contains(parameterNames, name) {
			faults.Add(fmt.Sprintf("AllowParameters[%d]", n), "is an unknown name: got %.100q, want one of %s", name, strings.Join(parameterNames, ", "))
		} else if _, fixed := a.Parameters[name]; fixed {
			faults.Add(fmt.Sprintf("AllowParameters[%d]", n), "is fixed by Parameters: %s", name)
		}
	}
}

// A ledger is the store as the ledger of package oauth.
type ledger struct{ store Store }

// Spend implements oauth.Ledger.
func (l ledger) Spend(ctx context.Context, id string, expires time.Time) (bool, error) {
	return l.store.Spend(ctx, id, expires)
}
