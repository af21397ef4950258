package cognito

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// DefaultMaxTokenBytes is the default of [Config.MaxTokenBytes]. Cognito's tokens have
// one to two kilobytes; triggers may add claims.
const DefaultMaxTokenBytes = 16 << 10

// Config says which tokens a [Verifier] accepts. UserPools or Resolve must be set;
// everything else is optional.
type Config struct {
	// UserPools are the pools whose tokens are trusted. At least one is required unless
	// Resolve is set. No ID may occur twice.
	UserPools []UserPool

	// Resolve looks up the pool of an issuer that no pool in UserPools has. It is for
	// services with too many user pools to configure. It returns the pool, nil if the
	// issuer is not trusted, or an error if it could not find out, which becomes
	// [ErrCheckUnavailable]. The returned pool must have the issuer that was asked for;
	// [UserPoolID] returns the pool of an issuer of Amazon's. No key set is fetched before
	// Resolve has returned.
	//
	// ResolvePolicy says how long answers are kept. The issuer comes from a token that is
	// not verified yet: any client can cause a call with any http or https address. A call
	// should cost no more than a look into a table. Compare the whole text with known
	// issuers, and never send a request to it. Resolve is called concurrently, at most once
	// at a time for each issuer. Its context ends after ResolvePolicy.Timeout and holds no
	// values of a request, because the answer is used for all requests.
	Resolve func(ctx context.Context, issuer string) (*UserPool, error)

	// ResolvePolicy says how long the answers of Resolve are used.
	ResolvePolicy ResolvePolicy

	// Require are the requirements for every token, in addition to those of each call.
	Require []Requirement

	// Leeway is the accepted difference between the clocks of Cognito and this machine: a
	// token is accepted for this long after exp and before nbf. 0 is a good value.
	Leeway time.Duration

	// MaxTokenBytes is the length of the longest token that is accepted: 0 for
	// [DefaultMaxTokenBytes].
	MaxTokenBytes int

	// CacheBytes limits the memory of the verified-token cache: 0 for
	// [DefaultCacheBytes], negative for no cache. A token in the cache needs no signature
	// check when it is sent again. Everything else is checked each time: its times, that
	// its key is in the current key set, revocation, and the requirements of the call.
	CacheBytes int

	// Revoked reports whether a token is revoked. It is called for every token that passed
	// the checks before it, concurrently. If it returns an [*Error], that is the result of
	// the verification; any other error becomes [ErrCheckUnavailable], with the result of
	// the method RetryAfter() time.Duration if the error has one. nil revokes no token.
	// Offline verification cannot see Cognito's own revocation: package revocation has a
	// list in memory, by origin_jti for example, and a check at Cognito, which sends raw.
	// The verification waits for it, so it must return when ctx ends.
	Revoked func(ctx context.Context, token Token, raw Raw) (bool, error)

	// Observer receives the results of verifications and of fetches, for metrics and
	// traces. Do not change it after New.
	Observer *Observer

	// Now returns the time that exp, nbf and auth_time are compared with; nil is the time
	// of Clock. It is apart from Clock for programs that verify a token as of another time,
	// with the keys of today: with one clock for both, a key set that was just fetched
	// would be from the future, or stale. It is called concurrently.
	Now func() time.Time

	// HTTPClient fetches key sets. nil is a client with time-outs and the proxies of the
	// environment. No client follows redirects to another origin.
	HTTPClient *http.Client

	// KeySetPolicy says how often key sets are fetched and how long they are used.
	KeySetPolicy keyset.Policy

	// KeySetDirectory, if set, is a directory for copies of the fetched key sets. A process
	// without a network can start from them, up to KeySetPolicy.Stale after the fetch. Each
	// address has its own file, named after the pool and a hash of the address. A user who
	// can write there can make the verifier accept any token. Key sets that ship with the
	// program belong into [UserPool.Seeds].
	KeySetDirectory string

	// Clock is the clock for fetching key sets and for their age; nil is the system's
	// clock. A KeySet of a [UserPool] has its own clock.
	Clock keyset.Clock

	// Logger receives warnings about key sets; nil is [slog.Default]. Tokens and claims
	// are never logged.
	Logger *slog.Logger
}

// A UserPool is a pool whose tokens are trusted.
type UserPool struct {
	// ID is the user pool ID, such as us-east-1_AbCdEfGhI. With an Issuer, it may also be that
	// of a local pool such as cognito-local's, local_AbCdEfGh. Both issuers of the pool are
	// trusted, the original and the updated one, each with its own key set. In the European
	// Sovereign Cloud (eusc-de-east-1) their domain is not documented: if iss in the tokens is
	// not one of the results of [Issuers], set Issuer.
	//
	// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
	ID string

	// ClientIDs are the app clients whose tokens are accepted. The pool signs the tokens
	// for all of its app clients with the same keys; only this list excludes the others.
	ClientIDs []string

	// InsecureSkipClientCheck accepts the tokens of every app client of the pool, also of
	// app clients that are added later for another purpose.
	InsecureSkipClientCheck bool

	// Audiences are the resource identifiers (RFC 8707) of this service. An access token
	// that is bound to another resource is refused. A token without a resource is not
	// affected.
	Audiences []string

	// ReplicaRegions are the Regions to which the pool is replicated, such as us-west-2,
	// for pools with the original issuer. The original issuer of each of these Regions is
	// trusted too, https://cognito-idp.us-west-2.amazonaws.com/us-east-1_AbCdEfGhI. A token
	// that names it is checked with the key set at that issuer's own address, never with
	// that of another Region. No Region of a token is trusted unless it is listed here.
	//
	// A pool with the updated issuer needs none: AWS documents that its issuer is that of
	// the primary Region everywhere, and recommends it for replicated pools. That a replica
	// of a pool with the original issuer names its own Region in iss is reported, and not
	// documented: https://github.com/awslabs/aws-jwt-verify/issues/282.
	//
	// https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-multi-region.html
	// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_IssuerConfigurationType.html
	ReplicaRegions []string

	// Issuer is trusted instead of Amazon's two issuers, for a local pool or a test. It is
	// an https URL, or http with a loopback address.
	Issuer string

	// KeySet provides the keys of the pool for all of its issuers, instead of the issuers'
	// own addresses. It uses its own clock, and its Key is called for every token, also
	// for those in the cache.
	KeySet keyset.Source

	// Seeds are key sets that ship with the program, by the issuer that publishes them: see
	// [keyset.Seed]. A seed is used from the first token on, until the key set of its issuer
	// was fetched. It is for programs that must start without a network, and still accept new
	// keys and drop withdrawn ones when there is one. A name here is one of the results of
	// [Issuers], or Issuer; what it holds is the answer of that address with
	// /.well-known/jwks.json at its end. An issuer without a seed is not affected.
	Seeds map[string]keyset.Seed

	// InsecureAllowPlainHTTP accepts an Issuer with plain http that is not a loopback
	// address. An attacker on the network can then make the verifier accept any token. It is
	// not necessary with a KeySet, because nothing is fetched from the Issuer then.
	InsecureAllowPlainHTTP bool

	// FIPS fetches the key set of the original issuer, and those of ReplicaRegions, from
	// Amazon's FIPS endpoints (cognito-idp-fips, in the United States and GovCloud).
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
