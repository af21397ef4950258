package cognito

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// DefaultMaxTokenBytes is the size limit where Config sets none. Cognito's tokens
// have one to two kilobytes; triggers may add claims.
const DefaultMaxTokenBytes = 16 << 10

// Config says which tokens a [Verifier] accepts. Only UserPools must be set, or
// Resolve.
type Config struct {
	// UserPools are the pools whose tokens are trusted, each ID once: one or more, unless
	// there is Resolve.
	UserPools []UserPool

	// Resolve, for services with more user pools than one would configure, is asked for
	// the pool of an issuer that none of UserPools has. It returns the pool, nil where
	// the issuer is not trusted, or an error where it could not find out, which becomes
	// [ErrCheckUnavailable]. The pool's issuer must be the one that was asked about;
	// [UserPoolID] says which pool one of Amazon's is of. No key set is fetched before
	// it has answered.
	//
	// Answers are kept as ResolvePolicy says. The issuer is that of a token of which
	// nothing was verified: anybody can have Resolve asked about any http or https
	// address, and it should cost no more than a look into a table. It must compare the
	// whole text with what it knows, and make no request to it. It is called
	// concurrently, once at a time for each issuer, with a context that ends after
	// ResolvePolicy.Timeout and holds nothing of the request's: the answer is for
	// everybody.
	Resolve func(ctx context.Context, issuer string) (*UserPool, error)

	// ResolvePolicy is for what Resolve answers.
	ResolvePolicy ResolvePolicy

	// Require holds for every token, beside the requirements of each call.
	Require []Requirement

	// Leeway is how far the clocks of Cognito and this machine may be apart: a token
	// is accepted for so long after exp and before nbf. 0 is a good value.
	Leeway time.Duration

	// MaxTokenBytes is the longest token that is looked at, 0 for
	// [DefaultMaxTokenBytes].
	MaxTokenBytes int

	// CacheBytes bounds the memory of the verified-token cache: 0 for
	// [DefaultCacheBytes], negative for no cache. A token that is sent again while it is
	// in there costs no signature check. All else is checked each time: its times, that
	// its key is in the current key set, revocation, and the requirements of the call.
	CacheBytes int

	// Revoked is asked about every token that is good otherwise. An [*Error] of it is
	// the verdict as it stands; any other error becomes [ErrCheckUnavailable]. Offline verification cannot see Cognito's own
	// revocation: package revocation has a list to be kept, by origin_jti for example,
	// and a check at Cognito, which is what raw is for. It may be called concurrently;
	// nil revokes nothing.
	Revoked func(ctx context.Context, token Token, raw Raw) (bool, error)

	// Observer is told of verifications and of fetches, for metrics and traces. It must
	// not be changed after New.
	Observer *Observer

	// Now returns the time that exp, nbf and auth_time are compared with; nil is the time
	// of Clock. It is apart from Clock for programs that verify a token as of another time,
	// with the keys of today: with one clock for both, a key set that was just fetched
	// would be from the future, or stale. It is called concurrently.
	Now func() time.Time

	// HTTPClient fetches key sets; nil for one with time-outs and the proxies of the
	// environment. Redirects off the origin are not followed with any client.
	HTTPClient *http.Client

	// KeySetPolicy says how often key sets are fetched and how long they are used.
	KeySetPolicy keyset.Policy

	// KeySetDirectory, if set, keeps a copy of each fetched key set in a file there,
	// from which a process without a network can start. Each address has a file of its
	// own, named after the pool and a hash of the address. Whoever can write there can
	// have any token accepted.
	KeySetDirectory string

	// Clock is what key sets are fetched by and grow old by; nil is the system's. A
	// [UserPool] with a KeySet of its own has that one's clock for this.
	Clock keyset.Clock

	// Logger gets warnings about key sets; nil is [slog.Default]. Tokens and claims
	// are never logged.
	Logger *slog.Logger
}

// A UserPool is a pool whose tokens are trusted.
type UserPool struct {
	// ID is the user pool ID, such as us-east-1_AbCdEfGhI. It stands for both issuers
	// of the pool, the original and the updated one, each with its own key set:
	// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
	ID string

	// ClientIDs are the app clients whose tokens are accepted. A pool's tokens for
	// its other clients are as well signed: leaving them out is what keeps them away.
	ClientIDs []string

	// InsecureSkipClientCheck accepts the tokens of every app client of the pool,
	// those too that somebody adds next year for another purpose.
	InsecureSkipClientCheck bool

	// Audiences are the resources (RFC 8707) that this service is. An access token
	// that is bound to another one is refused; unbound ones need none of this.
	Audiences []string

	// Issuer trusts this issuer for the pool instead of Amazon's two: for a local
	// pool or a test. It is an https URL, or http for a loopback address.
	Issuer string

	// KeySet gives the keys of the pool, whichever issuer a token names, instead of
	// the issuers' own addresses.
	//
	// It goes by the clock that it was made with, and is asked by its Key each time that
	// a token is found in the cache.
	KeySet keyset.Source

	// InsecureAllowPlainHTTP allows an Issuer of plain http that is not a loopback
	// address: whoever is on the way to it can have any token accepted.
	InsecureAllowPlainHTTP bool

	// FIPS fetches the original issuer's key set through Amazon's FIPS endpoint
	// (cognito-idp-fips, in the United States and GovCloud).
	FIPS bool
}

// A ConfigError is one fault of a configuration. A constructor returns all faults at
// once, joined by [errors.Join]. It has three fields, and none holds a secret:
//
//   - Package is the package that refuses the configuration, such as "cognito".
//   - Field is the type and the field, such as "Config.UserPools[0].ClientIDs".
//   - Reason continues a sentence that begins with the field.
//
// Every package of the library has the same type under its own name, so that a program
// can look for one of them with [errors.As].
type ConfigError = configerror.ConfigError

// validate returns every fault, each a [*ConfigError].
func (c *Config) validate() error {
	faults := configerror.In("cognito", "Config")
	if len(c.UserPools) == 0 && c.Resolve == nil {
		faults.Add("UserPools", "is empty: name at least one user pool to trust, or set Resolve")
	}
	if c.Resolve == nil && c.ResolvePolicy != (ResolvePolicy{}) {
		faults.Add("ResolvePolicy", "means nothing without Resolve")
	}
	c.ResolvePolicy.validate(faults.At("ResolvePolicy"))
	if c.Leeway < 0 {
		faults.Add("Leeway", "is negative (%s)", c.Leeway)
	}
	faults.Adopt("KeySetPolicy", c.KeySetPolicy.Validate())
	if c.MaxTokenBytes < 0 {
		faults.Add("MaxTokenBytes", "is negative (%d)", c.MaxTokenBytes)
	}
	for i, r := range c.Require {
		if err := r.Err(); err != nil {
			faults.Add(fmt.Sprintf("Require[%d]", i), "%v", err)
		}
	}
	for i := range c.UserPools {
		p := &c.UserPools[i]
		pool := faults.At(fmt.Sprintf("UserPools[%d]", i))
		p.validate(pool)
		for j, other := range c.UserPools[:i] {
			if p.ID == other.ID && p.ID != "" {
				pool.Add("ID", "repeats that of UserPools[%d]: put all clients of a pool together", j)
			}
			if p.sharesIssuer(other) {
				pool.Add("Issuer", "repeats an issuer of UserPools[%d]", j)
			}
		}
	}
	return faults.Err()
}

// sharesIssuer reports whether the pools, each with an ID of its own, have an issuer
// in common.
func (p *UserPool) sharesIssuer(other UserPool) bool {
	//mutate:ignore never: New reports the ID, and one fault more for the issuer
	if p.ID == other.ID {
		return false
	}
	for _, name := range p.issuerNames() {
		if slices.Contains(other.issuerNames(), name) {
			return true
		}
	}
	return false
}

// issuerNames returns the issuers of the pool as far as they are told apart: by the
// address of their key set.
func (p *UserPool) issuerNames() []string {
	if p.Issuer != "" {
		return []string{strings.TrimSuffix(p.Issuer, "/")}
	}
	original, updated, err := Issuers(p.ID)
	if err != nil {
		return nil
	}
	return []string{original, updated}
}

func (p *UserPool) validate(faults configerror.Faults) {
	if _, err := parsePoolID(p.ID); err != nil {
		faults.Add("ID", "%v", err)
	}
	switch {
	case len(p.ClientIDs) == 0 && !p.InsecureSkipClientCheck:
		faults.Add("ClientIDs", "is empty: name the app clients whose tokens are accepted")
	case len(p.ClientIDs) > 0 && p.InsecureSkipClientCheck:
		faults.Add("InsecureSkipClientCheck", "contradicts ClientIDs: set one of them")
	}
	names := func(field string, list []string) {
		for i, name := range list {
			if name == "" || strings.ContainsAny(name, " \t\r\n") {
				faults.Add(fmt.Sprintf("%s[%d]", field, i), "is empty or has white space in it")
			}
		}
	}
	names("ClientIDs", p.ClientIDs)
	names("Audiences", p.Audiences)
	if p.Issuer != "" {
		if reason := issuerFault(p.Issuer, p.InsecureAllowPlainHTTP); reason != "" {
			faults.Add("Issuer", "%s", reason)
		}
	}
	if other := p.Issuer[strings.LastIndexByte(p.Issuer, '/')+1:]; other != p.ID {
		if _, err := parsePoolID(other); err == nil {
			faults.Add("Issuer", "%s is of another user pool than ID (%s)", quote(p.Issuer), quote(p.ID))
		}
	}
	if p.InsecureAllowPlainHTTP && p.Issuer == "" {
		faults.Add("InsecureAllowPlainHTTP", "means nothing without an Issuer")
	}
	if p.FIPS && (p.Issuer != "" || p.KeySet != nil) {
		faults.Add("FIPS", "means nothing with an Issuer or a KeySet of one's own")
	}
}

// issuerFault says why s cannot be an issuer (RFC 8414 §2), or "". Plain http is
// accepted for this machine, or for every host where plainHTTP says so.
func issuerFault(s string, plainHTTP bool) (reason string) {
	_, reason = address.Parse(s, address.Rules{Path: true, PlainHTTP: plainHTTP})
	return reason
}
