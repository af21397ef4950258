package grpcauth

import (
	"log/slog"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/rule"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// Config says whom the interceptors let through. Verifier and Rules must be set.
type Config struct {
	// Verifier judges the tokens.
	Verifier *cognito.Verifier

	// Rules say who may call what. Their order does not matter: a method's own rule
	// counts before that of its service, and that before the one for all. A method that
	// has none is refused.
	Rules []Rule

	// Require holds for every token, beside the requirements of the verifier and of
	// the rule.
	Require []cognito.Requirement

	// Realm is the realm of challenges, as in package bearer. "" is bearer.DefaultRealm.
	Realm string

	// InsecureLetStreamsOutliveToken lets a stream go on after its token has expired,
	// for as long as either side likes. Without it the stream is ended then, as
	// cognito.ErrTokenExpired: the context that the method has is cancelled, receiving
	// and sending fail, those that wait too, and whatever the method returns, the
	// client gets the status Unauthenticated. A method that neither looks at its context
	// nor uses its stream cannot be ended.
	InsecureLetStreamsOutliveToken bool

	// StreamLeeway is how long after the token's exp streams are ended. Set it to the
	// Leeway of the verifier's Config, which this package cannot ask for.
	StreamLeeway time.Duration

	// Clock is what streams are ended by. It should tell the verifier's time; nil is
	// the system's.
	Clock keyset.Clock

	// Logger gets refusals: those of temporary faults at level Warn, all others at
	// Debug. Tokens are never logged. nil is slog.Default.
	Logger *slog.Logger
}

// A Rule says who may call some methods. One without Allow asks for a good access
// token.
type Rule struct {
	// Methods are the full names of methods, "/package.Service/Method", or those of all
	// methods of a service, "/package.Service/*", or "*" for all that no other rule
	// names. A server with a handler for unknown services has more methods than are
	// registered: "*" is for them too.
	Methods []string

	// Allow says which calls are let through. The zero value is [cognito.Verified].
	//
	// With [cognito.Optional], a call without the metadata authorization is let through,
	// and its context has no token. With [cognito.Anonymous], no metadata is read.
	Allow cognito.Allow

	// TokenUse is the kind of token that is accepted: access tokens unless it says
	// cognito.TokenUseID.
	TokenUse cognito.TokenUse

	// Require is what a token must meet, beside [Config.Require].
	Require []cognito.Requirement
}

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// New returns interceptors as config describes them. It reports every fault of config
// at once, each a [*ConfigError], and asks no network.
func New(config Config) (*Interceptor, error) {
	faults := configerror.In("grpcauth", "Config")
	if config.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	if config.StreamLeeway < 0 {
		faults.Add("StreamLeeway", "is negative (%s)", config.StreamLeeway)
	}
	if config.StreamLeeway > 0 && config.InsecureLetStreamsOutliveToken {
		faults.Add("StreamLeeway", "means nothing with InsecureLetStreamsOutliveToken")
	}
	rule.Validate(faults, "", config.Require)
	checkRealm(faults, config.Realm)
	if len(config.Rules) == 0 {
		faults.Add("Rules", "is empty, and so every call would be refused; add rules that name methods")
	}
	table := newTable(faults, config.Rules, config.Require)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	if config.Clock == nil {
		config.Clock = keyset.SystemClock()
	}
	config.Require, config.Rules = nil, nil // they are in the table
	return &Interceptor{config: config, table: table}, nil
}

// checkRealm asks package bearer, which writes the challenges.
func checkRealm(faults configerror.Faults, realm string) {
	missing := cognito.NewError(cognito.ErrTokenMissing, "")
	if realm != "" && realm != bearer.DefaultRealm && bearer.Challenge(missing, realm) == bearer.Challenge(missing, "") {
		faults.Add("Realm", "%q has characters other than printable ASCII without quotes and backslashes", realm)
	}
}

// validate adds the faults of a rule, except those of its methods' names.
func (r *Rule) validate(faults configerror.Faults) {
	if len(r.Methods) == 0 {
		faults.Add("Methods", "is empty: name at least one method")
	}
	rule.Validate(faults, r.TokenUse, r.Require)
	rule.ValidateAllow(faults, r.Allow, r.TokenUse, r.Require)
}

// A policy is a rule as it is applied. It is immutable.
type policy struct {
	allow   cognito.Allow
	use     cognito.TokenUse
	require []cognito.Requirement
}

func (r *Rule) policy(common []cognito.Requirement) *policy {
	return &policy{r.Allow, r.TokenUse, slices.Concat(common, r.Require)}
}
