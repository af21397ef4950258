package cognito

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// InspectOptions say what [Inspect] compares a token with. All are optional; what
// is left out is not checked.
type InspectOptions struct {
	// UserPoolIDs are the user pools one of which must have issued the token.
	UserPoolIDs []string
	// Issuer is to be the token's issuer instead of those of the user pools.
	Issuer string
	// ClientIDs are the app clients for one of which it must be.
	ClientIDs []string
	// Audiences are the resources that it may be bound to.
	Audiences []string
	// TokenUse is the kind that it must be of.
	TokenUse TokenUse
	// Requirements are those of the call.
	Requirements []Requirement
	// Leeway is as in [Config.Leeway].
	Leeway time.Duration
	// MaxTokenBytes is as in [Config.MaxTokenBytes].
	MaxTokenBytes int
	// Now is the time to judge at; zero is the present.
	Now time.Time
	// Keys check the signature.
	Keys keyset.Source
}

// Inspect decodes a token without trusting it, makes every check that it has the
// means for, also after one that failed, and reports what it found. It never
// fetches a key set by itself. The error is about the options only.
//
// What it returns is for people to read. Code that acts on tokens uses [Verifier].
func Inspect(ctx context.Context, raw string, options InspectOptions) (*Report, error) {
	p := &pool{clientIDs: options.ClientIDs, audiences: options.Audiences}
	trusted, err := options.issuers(p)
	if err != nil {
		return nil, err
	}
	in := inspection{
		use: options.TokenUse, requirements: options.Requirements, leeway: options.Leeway,
		maxBytes: options.MaxTokenBytes, now: options.Now,
		skipClient: len(options.ClientIDs) == 0, skipAudience: len(options.Audiences) == 0,
	}
	if in.maxBytes == 0 {
		in.maxBytes = DefaultMaxTokenBytes
	}
	if in.now.IsZero() {
		in.now = time.Now()
	}
	in.find = func(t *contents) (*issuer, *Error) {
		if len(trusted) == 0 {
			return &issuer{pool: p, keys: options.Keys}, nil
		}
		return (&Verifier{issuers: trusted}).issuer(t)
	}
	in.skipIssuer = len(trusted) == 0
	return in.run(ctx, raw, p), nil
}

// issuers returns the issuers to trust, by name.
func (o *InspectOptions) issuers(p *pool) (map[string]*issuer, error) {
	var names []string
	var faults []error
	for n, text := range o.UserPoolIDs {
		id, err := parsePoolID(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("cognito: InspectOptions.UserPoolIDs[%d] %w", n, err))
			continue
		}
		original, updated := id.issuers()
		names = append(names, original, updated)
	}
	own := o.Issuer != ""
	if own {
		if err := checkIssuerURL(o.Issuer, true); err != nil {
			faults = append(faults, fmt.Errorf("cognito: InspectOptions.Issuer %w", err))
		}
		names = []string{o.Issuer}
	}
	if o.Leeway < 0 {
		faults = append(faults, fmt.Errorf("cognito: InspectOptions.Leeway is negative (%s)", o.Leeway))
	}
	trusted := make(map[string]*issuer, len(names))
	for _, name := range names {
		trusted[name] = &issuer{name: name, own: own, pool: p, keys: o.Keys}
	}
	return trusted, errors.Join(faults...)
}

// Inspect reports on a token as the function [Inspect] does, by what the verifier
// trusts. It asks for a key set where the verifier would: never for an issuer that
// is not trusted.
func (v *Verifier) Inspect(ctx context.Context, raw string, use TokenUse, requirements ...Requirement) *Report {
	in := inspection{
		use: use, requirements: slices.Concat(v.require, requirements), leeway: v.leeway, maxBytes: v.maxBytes,
		now: v.now(), find: v.issuer, revoked: v.checkRevocation, hasRevoked: v.revoked != nil,
	}
	return in.run(ctx, raw, nil)
}
