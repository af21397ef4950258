package alb

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// Config configures a [Verifier] for load balancers. Signers, ClientIDs and Issuers must
// be set.
type Config struct {
	// Signers are the ARNs of the load balancers whose tokens are accepted, such as
	// arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188.
	// They are always required: every load balancer of a region, in every AWS account,
	// signs with keys from the same address.
	Signers []string

	// ClientIDs are the app clients that the load balancers sign people in with, in the
	// header's client.
	ClientIDs []string

	// InsecureSkipClientCheck accepts tokens of every app client: any listener rule of
	// the load balancers is enough, for any application.
	InsecureSkipClientCheck bool

	// Issuers are the providers whom the load balancers ask: the header's iss, compared
	// byte by byte. For a user pool it is the issuer that the authenticate action has,
	// one of those that [cognito.Issuers] returns. A payload that names an issuer must
	// name the same one.
	Issuers []string

	Options
}

// VerifiedAccessConfig configures a [Verifier] for AWS Verified Access, whose tokens name
// no app client. Instances and Issuers must be set.
type VerifiedAccessConfig struct {
	// Instances are the ARNs of the Verified Access instances whose tokens are accepted,
	// such as arn:aws:ec2:us-east-1:123456789012:verified-access-instance/vai-0abc.
	Instances []string

	// Issuers are what the header's iss may be: the OIDC provider's issuer or, for IAM
	// Identity Center, the ARN of the trust provider
	// (arn:aws:ec2:…:verified-access-trust-provider/vatp-…). Under such an ARN, the
	// subject is user.user_id in the payload, in which there is no sub.
	Issuers []string

	Options
}

// Options are the fields that both configurations have. The zero value has the defaults.
type Options struct {
	// Leeway is the tolerated difference between the clocks of the signer and of this
	// machine: a token is accepted for this time after exp and before nbf.
	Leeway time.Duration

	// MaxTokenBytes is the length of the longest accepted token. 0 is
	// [cognito.DefaultMaxTokenBytes].
	MaxTokenBytes int

	// Now returns the time for the checks of tokens, and for nothing else. nil uses
	// Clock.
	Now func() time.Time

	// HTTPClient fetches keys. nil is a client with time-outs and the proxies of the
	// environment. No client follows redirects or keeps cookies here.
	HTTPClient *http.Client

	// KeyPolicy sets how often a key is fetched and how long it is used, as for key sets.
	// A key older than three quarters of MaxAge is fetched again in the background,
	// whatever Cache-Control says. It is used until Stale while fetches fail.
	KeyPolicy keyset.Policy

	// KeyFetches is the number of fetches that tokens can cause at each address within
	// KeyPolicy.CoolDown, by unknown key names or bad signatures. 0 is
	// [DefaultKeyFetches]. Beyond it, keys in memory still work, and tokens with other
	// key names get [cognito.ErrKeysUnavailable]. So a new key of a signer may have to
	// wait while an attacker sends invented names.
	KeyFetches int

	// MaxKeys is the number of keys that are kept for each address, the most recently
	// used ones. 0 is [DefaultMaxKeys].
	MaxKeys int

	// KeyAddress replaces AWS's own addresses of keys, for every signer. A slash and the
	// key's name are added to it. It is for networks that cannot reach AWS's addresses,
	// for partitions whose addresses AWS does not document, and for tests. It must be an
	// https URL, or http for a loopback address. The operator of this address can make
	// any token valid.
	KeyAddress string

	// Clock is the clock for fetches and ages of keys. nil is the clock of the system.
	Clock keyset.Clock

	// Logger gets warnings about keys; nil is [slog.Default]. Tokens and claims are
	// never logged.
	Logger *slog.Logger
}

// Defaults of [Options].
const (
	DefaultKeyFetches = 5
	DefaultMaxKeys    = 32
)

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

func validateNames(field string, list []string, faults configerror.Faults) {
	for n, name := range list {
		if name == "" || strings.ContainsAny(name, " \t\r\n") {
			faults.Add(fmt.Sprintf("%s[%d]", field, n), "must not be empty or contain white space")
		}
	}
}

func (c *Config) validate(faults configerror.Faults) {
	switch {
	case len(c.ClientIDs) == 0 && !c.InsecureSkipClientCheck:
		faults.Add("ClientIDs", "is empty: name the app clients with which the load balancers sign users in")
	case len(c.ClientIDs) > 0 && c.InsecureSkipClientCheck:
		faults.Add("InsecureSkipClientCheck", "contradicts ClientIDs: set one of them")
	}
	validateNames("ClientIDs", c.ClientIDs, faults)
	validateIssuers(c.Issuers, faults)
	c.Options.validate(faults)
}

func validateIssuers(issuers []string, faults configerror.Faults) {
	if len(issuers) == 0 {
		faults.Add("Issuers", "is empty: name the providers whose users are accepted")
	}
	validateNames("Issuers", issuers, faults)
}

func (o *Options) validate(faults configerror.Faults) {
	if o.Leeway < 0 {
		faults.Add("Leeway", "must not be negative: got %s", o.Leeway)
	}
	for _, number := range []struct {
		field string
		value int
	}{{"MaxTokenBytes", o.MaxTokenBytes}, {"KeyFetches", o.KeyFetches}, {"MaxKeys", o.MaxKeys}} {
		if number.value < 0 {
			faults.Add(number.field, "must not be negative: got %d", number.value)
		}
	}
	faults.Adopt("KeyPolicy", o.KeyPolicy.Validate())
	if o.KeyAddress != "" {
		if _, reason := address.Parse(o.KeyAddress, address.Rules{Path: true}); reason != "" {
			faults.Add("KeyAddress", "%s", reason)
		}
	}
}

// complete sets the defaults.
func (o *Options) complete() {
	o.KeyPolicy = o.KeyPolicy.WithDefaults()
	for _, field := range []struct {
		value    *int
		standard int
	}{{&o.MaxTokenBytes, cognito.DefaultMaxTokenBytes}, {&o.KeyFetches, DefaultKeyFetches}, {&o.MaxKeys, DefaultMaxKeys}} {
		if *field.value == 0 {
			*field.value = field.standard
		}
	}
	if o.Clock == nil {
		o.Clock = keyset.SystemClock()
	}
	if o.Now == nil {
		o.Now = o.Clock.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
}
