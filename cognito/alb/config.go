package alb

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// Config says which load balancers a [Verifier] believes, and about whom. Signers,
// ClientIDs and Issuers must be set.
type Config struct {
	// Signers are the ARNs of the load balancers whose tokens are accepted, such as
	// arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188.
	// There is no way around naming them: every load balancer of a region, of whatever
	// account, signs with keys that are found at the same address.
	Signers []string

	// ClientIDs are the app clients that the load balancers sign people in with, in the
	// header's client.
	ClientIDs []string

	// InsecureSkipClientCheck accepts tokens of whatever app client: any listener rule
	// of the load balancers, for any application, will do.
	InsecureSkipClientCheck bool

	// Issuers are the providers whom the load balancers ask: the header's iss, compared
	// byte by byte. For a user pool it is the issuer that the authenticate action has,
	// one of those that [cognito.Issuers] returns. A payload that names an issuer must
	// name the same one.
	Issuers []string

	Options
}

// VerifiedAccessConfig is [Config] for AWS Verified Access, whose tokens name no app
// client. Instances and Issuers must be set.
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

// Options are what the configurations have in common. The zero value is a good one.
type Options struct {
	// Leeway is how far the clocks of the signer and this machine may be apart: a token
	// is accepted for so long after exp and before nbf.
	Leeway time.Duration

	// MaxTokenBytes is the longest token that is looked at, 0 for
	// [cognito.DefaultMaxTokenBytes].
	MaxTokenBytes int

	// Now tells the time at which tokens are judged, and nothing else; nil asks Clock.
	Now func() time.Time

	// HTTPClient fetches keys; nil for one with time-outs and the proxies of the
	// environment. Redirects are not followed, and cookies not kept, with any client.
	HTTPClient *http.Client

	// KeyPolicy says how often a key is fetched and how long it is used, as for key
	// sets: a key is fetched anew in the background once it is older than three quarters
	// of MaxAge, whatever Cache-Control says, and used up to Stale while that fails.
	KeyPolicy keyset.Policy

	// KeyFetches is how many fetches senders of tokens can cause within
	// KeyPolicy.CoolDown at each address, by naming keys that are not held or with
	// signatures that do not hold. 0 is for [DefaultKeyFetches]. Held keys are not slowed
	// when it is used up; tokens that name another one are answered
	// [cognito.ErrKeysUnavailable] then, so that a signer's new key may have to wait while
	// somebody sends invented names.
	KeyFetches int

	// MaxKeys is how many keys are kept for each address, those that were used last; 0
	// is for [DefaultMaxKeys].
	MaxKeys int

	// KeyAddress is asked for keys instead of AWS's own addresses, for every signer: the
	// key's name is added to it, after a slash. It is for networks that AWS's are out of
	// reach from, partitions whose addresses AWS does not document, and tests. It is an
	// https URL, or http for a loopback address. Whoever answers there can have any token
	// accepted.
	KeyAddress string

	// Clock is what keys are fetched by and grow old by; nil is the system's.
	Clock keyset.Clock

	// Logger gets warnings about keys; nil is [slog.Default]. Tokens and claims are
	// never logged.
	Logger *slog.Logger
}

// The defaults of [Options].
const (
	DefaultKeyFetches = 5
	DefaultMaxKeys    = 32
)

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

func validateNames(field string, list []string, faults configerror.Faults) {
	for n, name := range list {
		if name == "" || strings.ContainsAny(name, " \t\r\n") {
			faults.Add(fmt.Sprintf("%s[%d]", field, n), "is empty or has white space in it")
		}
	}
}

func (c *Config) validate(faults configerror.Faults) {
	switch {
	case len(c.ClientIDs) == 0 && !c.InsecureSkipClientCheck:
		faults.Add("ClientIDs", "is empty: name the app clients that the load balancers sign people in with")
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
		faults.Add("Leeway", "is negative (%s)", o.Leeway)
	}
	for _, number := range []struct {
		field string
		value int
	}{{"MaxTokenBytes", o.MaxTokenBytes}, {"KeyFetches", o.KeyFetches}, {"MaxKeys", o.MaxKeys}} {
		if number.value < 0 {
			faults.Add(number.field, "is negative (%d)", number.value)
		}
	}
	faults.Adopt("KeyPolicy", o.KeyPolicy.Validate())
	if o.KeyAddress != "" {
		if _, reason := address.Parse(o.KeyAddress, address.Rules{Path: true}); reason != "" {
			faults.Add("KeyAddress", "%s", reason)
		}
	}
}

// complete fills in the defaults.
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

// signers returns the signers by ARN, each with its keys; those at one address share
// them.
func (o *Options) signers(arns []string, k kind, faults configerror.Faults) map[string]*signer {
	if len(arns) == 0 {
		faults.Add(k.field, "is empty: name whose tokens are accepted; every %s of a region signs with keys from one address", k.what)
	}
	byARN := map[string]*signer{}
	byAddress := map[string]*keys{}
	for n, arn := range arns {
		field := fmt.Sprintf("%s[%d]", k.field, n)
		place, reason := k.place(arn)
		if reason != "" {
			faults.Add(field, "%s", reason)
			continue
		}
		if slices.Contains(arns[:n], arn) {
			faults.Add(field, "is there twice")
			continue
		}
		address := strings.TrimSuffix(o.KeyAddress, "/")
		if address == "" {
			if address, reason = k.address(place); reason != "" {
				faults.Add(field, "%s", reason)
				continue
			}
		}
		if byAddress[address] == nil {
			byAddress[address] = newKeys(address, k.curve, o)
		}
		byARN[arn] = &signer{arn, byAddress[address]}
	}
	return byARN
}
