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

// Config configures the interceptors. Verifier and Rules must be set.
type Config struct {
	// Verifier verifies the tokens.
	Verifier *cognito.Verifier

	// Rules say which calls are let through. Their order does not matter: a rule for a
	// method wins over one for its service, and that over the rule for all methods. Calls
	// of a method without a rule are refused.
	Rules []Rule

	// Require holds for every token, beside the requirements of the verifier and of
	// the rule.
	Require []cognito.Requirement

	// Realm is the realm of challenges, as in package bearer. "" is bearer.DefaultRealm.
	Realm string

	// InsecureLetStreamsOutliveToken lets a stream continue after its token has expired.
	// Without it, the stream ends then with cognito.ErrTokenExpired: the method's context
	// is cancelled, and receiving and sending fail, also calls that wait. The client gets
	// the status Unauthenticated, whatever the method returns. A method that uses neither
	// its context nor its stream cannot be ended.
	InsecureLetStreamsOutliveToken bool

	// StreamLeeway is the time after the token's exp when streams end. Set it to the
	// Leeway of the verifier's Config, which this package cannot read.
	StreamLeeway time.Duration

	// Clock decides when streams end. It should be the clock of the verifier. nil is the
	// clock of the system.
	Clock keyset.Clock

	// Logger gets refusals, with what the configuration accepts: at most one line a second
	// for each code, temporary faults at level Warn and all others at Info. Further ones are
	// at Debug. Tokens are never logged. nil is slog.Default. See
	// [cognito.Verifier.LogRefusal].
	Logger *slog.Logger
}

// A Rule says who may call some methods. The zero values of its other fields require a
// good access token.
type Rule struct {
	// Methods are full names of methods, "/package.Service/Method". "/package.Service/*"
	// means all methods of a service. "*" means all methods that no other rule names.
	// This includes the methods of a handler for unknown services, which are not
	// registered. Names are those of protobuf: letters, digits and underscores, with dots
	// between the parts of a service's name. A call of a method with another name is
	// refused.
	Methods []string

	// Allow says which calls are let through. The zero value is [cognito.Verified].
	//
	// With [cognito.Optional], a call without the metadata authorization is let through,
	// and its context has no token. With [cognito.Anonymous], no metadata is read.
	Allow cognito.Allow

	// TokenUse is the kind of token that is accepted: access tokens unless it is
	// cognito.TokenUseID.
	TokenUse cognito.TokenUse

	// Require is what a token must meet, beside [Config.Require].
	Require []cognito.Requirement
}

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// New returns interceptors as config describes them. It reports every fault of config at
// once, each as a [*ConfigError], and does no I/O.
func New(config Config) (*Interceptor, error) {
	faults := configerror.In("grpcauth", "Config")
	if config.Verifier == nil {
		faults.Add("Verifier", "is nil: make one with cognito.New")
	}
	if config.StreamLeeway < 0 {
		faults.Add("StreamLeeway", "must not be negative: got %s", config.StreamLeeway)
	}
	if config.StreamLeeway > 0 && config.InsecureLetStreamsOutliveToken {
		faults.Add("StreamLeeway", "has no effect with InsecureLetStreamsOutliveToken: remove one of them")
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

// checkRealm asks package bearer, which writes the challenges, whether it accepts the
// realm.
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

// A policy is a rule with its defaults. It is immutable.
type policy struct {
	allow   cognito.Allow
	use     cognito.TokenUse
	require []cognito.Requirement
}

func (r *Rule) policy(common []cognito.Requirement) *policy {
	return &policy{r.Allow, r.TokenUse, slices.Concat(common, r.Require)}
}
