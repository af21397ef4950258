package cognito

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// InspectOptions are what [Inspect] compares a token with. All fields are optional.
// Inspect makes no check for a field that is not set, except where the field has a
// default.
type InspectOptions struct {
	// UserPoolIDs are the accepted user pools. One of them must have issued the token.
	UserPoolIDs []string
	// ReplicaRegions are as in [UserPool.ReplicaRegions], for each of UserPoolIDs.
	ReplicaRegions []string
	// Issuer is the accepted issuer. It replaces the issuers of UserPoolIDs.
	Issuer string
	// ClientIDs are the accepted app clients. The token must be for one of them.
	ClientIDs []string
	// Audiences are the resources that the token may be bound to.
	Audiences []string
	// TokenUse is the kind that the token must have.
	TokenUse TokenUse
	// Requirements are checked in addition, as those of a call to the [Verifier].
	Requirements []Requirement
	// Leeway is as in [Config.Leeway].
	Leeway time.Duration
	// MaxTokenBytes is as in [Config.MaxTokenBytes].
	MaxTokenBytes int
	// Now is the time for the checks of exp and other times. Zero means the present.
	Now time.Time
	// Keys check the signature.
	Keys keyset.Source
}

// Inspect decodes a token without trusting it, makes every check that it has the
// means for, also after one that failed, and reports what it found. It never
// fetches a key set by itself. The error is about the options only: it joins
// every fault of them, each a [*ConfigError].
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
	in.find = trusted.of
	if in.skipIssuer = len(trusted.names) == 0; in.skipIssuer {
		in.find = func(*payload) (*issuer, *Error) { return &issuer{pool: p, keys: options.Keys}, nil }
	}
	return in.run(ctx, raw, p), nil
}

// issuers returns the issuers to trust. Their pools are like p but for the ID.
func (o *InspectOptions) issuers(p *pool) (trusted issuers, err error) {
	faults := configerror.In("cognito", "InspectOptions")
	for n, text := range o.UserPoolIDs {
		up := UserPool{ID: text, Issuer: o.Issuer, ReplicaRegions: o.ReplicaRegions}
		id, err := up.parseID()
		if err != nil {
			faults.Add(fmt.Sprintf("UserPoolIDs[%d]", n), "%v", err)
			continue
		}
		if o.Issuer == "" {
			named := &pool{id: id, clientIDs: p.clientIDs, audiences: p.audiences}
			original, updated := id.issuers()
			trusted.add(&issuer{name: original, pool: named, keys: o.Keys})
			trusted.add(&issuer{name: updated, pool: named, keys: o.Keys})
			for _, region := range o.ReplicaRegions {
				trusted.add(&issuer{name: id.issuer(region), pool: named, keys: o.Keys})
			}
		}
		up.validateReplicas(faults)
	}
	if o.Issuer != "" {
		if reason := issuerFault(o.Issuer, true); reason != "" {
			faults.Add("Issuer", "%s", reason)
		}
		trusted.add(&issuer{name: o.Issuer, own: true, pool: p, keys: o.Keys})
	}
	if o.Leeway < 0 {
		faults.Add("Leeway", "is negative (%s)", o.Leeway)
	}
	if o.MaxTokenBytes < 0 {
		faults.Add("MaxTokenBytes", "is negative (%d)", o.MaxTokenBytes)
	}
	return trusted, faults.Err()
}

// Inspect reports on a token as the function [Inspect] does, by what the verifier
// trusts. It asks for a key set where the verifier would: never for an issuer that
// is not trusted.
func (v *Verifier) Inspect(ctx context.Context, raw string, use TokenUse, requirements ...Requirement) *Report {
	if !v.isMade() {
		return unreadReport(notMade())
	}
	in := inspection{
		use: use, requirements: slices.Concat(v.require, requirements), leeway: v.leeway, maxBytes: v.maxBytes,
		now: v.now(), find: func(t *payload) (*issuer, *Error) { return v.trusted(ctx, t) }, revoked: v.checkRevocation, hasRevoked: v.revoked != nil,
	}
	return in.run(ctx, raw, nil)
}

// unreadReport returns the report on a token that nobody looked at, because of err.
func unreadReport(err *Error) *Report {
	r := &Report{}
	r.result(checkNames[0], err, "")
	for _, name := range checkNames[1:] {
		r.note(name, NotChecked, "the token was not read")
	}
	return r
}
