package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/callers"
	"github.com/poolguard/poolguard/gateway/internal/identity"
	"github.com/poolguard/poolguard/gateway/internal/introspect"
	"github.com/poolguard/poolguard/gateway/internal/ratelimit"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A Process is what the running program adds to a file. The zero value is for checks.
type Process struct {
	Observer *cognito.Observer
	Logger   *slog.Logger
	// HTTPClient fetches key sets; [File.HTTPClient] makes it. nil is the default one of
	// package cognito.
	HTTPClient *http.Client
	// Keys, if it is not nil, has the keys of every user pool, in the place of their own.
	Keys keyset.Source
}

// IdentityHeaders returns the headers that describe a caller.
func (f *File) IdentityHeaders() (*identity.Headers, error) {
	c := f.Identity
	// Without load balancers these are headers of the service, like all others.
	c.LoadBalancers = f.hasBalancers()
	return identity.New(c)
}

func (f *File) hasBalancers() bool {
	b := &f.LoadBalancers
	return len(b.Signers) > 0 || len(b.ClientIDs) > 0 || b.Issuers != nil
}

// Callers returns who may ask.
func (f *File) Callers() (*callers.Trusted, error) { return callers.New(f.TrustedProxies) }

// EgressCA reads the file of authorities of egress. It returns nil if there is none.
func (f *File) EgressCA() ([]byte, error) {
	if f.Egress.CA == "" {
		return nil, nil
	}
	text, err := os.ReadFile(f.Egress.CA)
	if err != nil {
		return nil, fmt.Errorf("egress.ca: %w", err)
	}
	return text, nil
}

// HTTPClient returns a client as egress has it, nil if the file has no egress. authorities
// is the result of [File.EgressCA].
func (f *File) HTTPClient(authorities []byte) (*http.Client, error) {
	if f.Egress == (Egress{}) {
		return nil, nil //nolint:nilnil // the default client
	}
	const dialTime = 10 * time.Second
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: dialTime}).DialContext, TLSHandshakeTimeout: dialTime,
		ForceAttemptHTTP2: true, MaxIdleConns: 10, IdleConnTimeout: time.Minute,
	}
	if f.Egress.Proxy != "" {
		proxy, err := url.Parse(string(f.Egress.Proxy))
		if err != nil {
			return nil, fmt.Errorf("egress.proxy is not a URL") //nolint:perfsprint // the cause has the password
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	if f.Egress.CA != "" {
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(authorities) {
			return nil, fmt.Errorf("egress.ca: %s has no certificate in PEM", f.Egress.CA)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	}
	return &http.Client{Transport: transport}, nil
}

// Verifier returns the verifier of tokens of the user pools. It does no I/O.
func (f *File) Verifier(p Process) (*cognito.Verifier, error) {
	pools, err := f.pools(p)
	verifier, more := cognito.New(cognito.Config{
		UserPools: pools, Observer: p.Observer, Logger: p.Logger, HTTPClient: p.HTTPClient,
		KeySetPolicy: f.KeySets.policy(), KeySetDirectory: f.KeySets.Directory,
	})
	if err != nil || more != nil {
		return nil, errors.Join(append(unjoin(err), unjoin(more)...)...)
	}
	return verifier, nil
}

func (k *KeySets) policy() keyset.Policy {
	return keyset.Policy{MaxAge: k.MaxAge, CoolDown: k.CoolDown, Stale: k.Stale}
}

func (f *File) pools(p Process) (pools []cognito.UserPool, err error) {
	var faults []error
	for n, each := range f.UserPools {
		pool := cognito.UserPool{
			ID: each.ID, ClientIDs: each.ClientIDs, Audiences: each.Audiences, ReplicaRegions: each.ReplicaRegions, Issuer: each.Issuer,
		}
		switch {
		case p.Keys != nil:
			pool.KeySet = p.Keys
		case each.KeySet != "":
			keys, err := keyset.NewRemote(keyset.RemoteConfig{
				URL: each.KeySet, HTTPClient: p.HTTPClient, Policy: f.KeySets.policy(), Logger: p.Logger,
			})
			if err != nil {
				faults = append(faults, &cognito.ConfigError{Package: "config", Field: fmt.Sprintf("Config.UserPools[%d].KeySet", n), Reason: err.Error()})
			} else {
				pool.KeySet = keys
			}
		}
		pools = append(pools, pool)
	}
	return pools, errors.Join(faults...)
}

// Balancers returns the verifier of tokens of load balancers, nil if the file has none. It
// does no I/O.
func (f *File) Balancers(p Process) (*alb.Verifier, error) {
	b := f.LoadBalancers
	if !f.hasBalancers() {
		return nil, nil //nolint:nilnil // no load balancer is trusted
	}
	issuers := b.Issuers
	if issuers == nil {
		issuers = f.issuers()
	}
	return alb.New(alb.Config{
		Signers: b.Signers, ClientIDs: b.ClientIDs, Issuers: issuers,
		Options: alb.Options{HTTPClient: p.HTTPClient, Logger: p.Logger},
	})
}

// issuers returns the issuers of all user pools.
func (f *File) issuers() (all []string) {
	for _, p := range f.UserPools {
		if p.Issuer != "" {
			all = append(all, p.Issuer)
			continue
		}
		names, err := cognito.Issuers(p.ID, p.ReplicaRegions...)
		if err == nil { // cognito.New reports a faulty pool
			all = append(all, names...)
		}
	}
	return all
}

// RateLimiter returns what bounds forged tokens, nil if there is no bound.
func (f *File) RateLimiter() (*ratelimit.Limiter, error) {
	rate := f.RateLimit.ForgedTokens
	if rate == (yamlfile.Frequency{}) {
		return nil, nil //nolint:nilnil // no bound
	}
	return ratelimit.New(rate.Count, rate.Per)
}

// Introspector returns what answers /introspect, nil if no service may ask.
func (f *File) Introspector(verifier *cognito.Verifier) (*introspect.Handler, error) {
	if len(f.Introspection.Clients) == 0 {
		return nil, nil //nolint:nilnil // the address does not exist
	}
	return introspect.New(introspect.Config{Verifier: verifier, Clients: f.Introspection.Clients, Timeout: f.ForwardAuthTimeout})
}

// Policy returns what decides about requests.
func (f *File) Policy(verifier *cognito.Verifier, balancers *alb.Verifier) (*authz.Policy, error) {
	if balancers == nil {
		return authz.New(f.authzConfig(verifier, nil)) // a nil *alb.Verifier would be a value of the interface
	}
	return authz.New(f.authzConfig(verifier, balancers))
}

func (f *File) authzConfig(verifier *cognito.Verifier, balancers authz.LoadBalancerVerifier) authz.Config {
	config := authz.Config{Verifier: verifier, LoadBalancers: balancers, Rules: f.Rules}
	for _, p := range f.UserPools {
		config.UserPools = append(config.UserPools, cognito.UserPool{
			ID: p.ID, ClientIDs: p.ClientIDs, Audiences: p.Audiences, ReplicaRegions: p.ReplicaRegions, Issuer: p.Issuer,
		})
	}
	return config
}

// SameKeys reports whether two files have the same user pools and load balancers, and
// fetch key sets in the same way. Then the verifiers of one are good for the other.
func (f *File) SameKeys(other *File) bool {
	return reflect.DeepEqual(f.UserPools, other.UserPools) && reflect.DeepEqual(f.LoadBalancers, other.LoadBalancers) &&
		f.KeySets == other.KeySets && f.Egress == other.Egress
}

// Fixed returns the keys whose values differ in other and that need a new process:
// listeners and their limits.
func (f *File) Fixed(other *File) (keys []string) {
	for key, same := range map[string]bool{
		"forward_auth": f.ForwardAuth == other.ForwardAuth,
		"envoy":        f.Envoy.Listener == other.Envoy.Listener,
		"ops":          f.Ops == other.Ops,
		"limits":       f.Limits == other.Limits,
		"drain":        f.Drain == other.Drain,
		"traces":       f.Traces == other.Traces,
		"log.format":   f.Log.Format == other.Log.Format,
	} {
		if !same {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
