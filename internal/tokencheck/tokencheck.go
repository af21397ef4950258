package tokencheck

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/internal/inputlines"
	"github.com/poolguard/poolguard/internal/report"
)

// A Policy says which tokens are accepted. Its fields are those of [cognito.Config],
// [cognito.UserPool] and a call of the verifier; each applies to every user pool.
type Policy struct {
	UserPoolIDs []string
	ClientIDs   []string
	// AnyClient skips the check of the app client.
	AnyClient bool
	Audiences []string
	// ReplicaRegions are as in [cognito.UserPool].
	ReplicaRegions []string
	Issuer         string
	// Keys are the keys of the one user pool. nil is its published key set.
	Keys keyset.Source
	// TokenUse is the kind of token, "" for either.
	TokenUse     cognito.TokenUse
	Requirements []cognito.Requirement
	Leeway       time.Duration
	// At is the time at which tokens are checked. The zero time is the present.
	At time.Time
}

// A Checker verifies tokens one after the other. Make one with [New]. It is not safe for
// concurrent use.
type Checker struct {
	policy   Policy
	verifier *cognito.Verifier
	clock    func() time.Time
	now      time.Time // of the current token: verdict and report are of one moment
}

// New returns a checker. clock is the present time. The error is that of [cognito.New].
func New(policy Policy, clock func() time.Time) (*Checker, error) {
	c := &Checker{policy: policy, clock: clock}
	config := cognito.Config{
		Leeway: policy.Leeway,
		Now:    func() time.Time { return c.now },
		// A fault is reported with the token that it is about.
		Logger: slog.New(slog.DiscardHandler),
	}
	for _, id := range policy.UserPoolIDs {
		config.UserPools = append(config.UserPools, cognito.UserPool{
			ID:                      id,
			ClientIDs:               policy.ClientIDs,
			InsecureSkipClientCheck: policy.AnyClient,
			Audiences:               policy.Audiences,
			ReplicaRegions:          policy.ReplicaRegions,
			Issuer:                  policy.Issuer,
			KeySet:                  policy.Keys,
		})
	}
	var err error
	c.verifier, err = cognito.New(config)
	return c, err
}

// Check verifies a token. A line that was cut is too large.
func (c *Checker) Check(ctx context.Context, token inputlines.Line) *report.Outcome {
	if token.Cut {
		return &report.Outcome{Refusal: cognito.NewError(cognito.ErrTokenTooLarge,
			fmt.Sprintf("the line is longer than %d bytes; a token of at most %d is accepted", inputlines.MaxBytes, cognito.DefaultMaxTokenBytes))}
	}
	if c.now = c.policy.At; c.now.IsZero() {
		c.now = c.clock()
	}
	o := &report.Outcome{}
	verified, err := c.verify(ctx, token.Text)
	if err != nil && !errors.As(err, &o.Refusal) {
		// The library promises an *Error. Any other error is no verdict.
		o.Refusal = cognito.NewError(cognito.ErrCheckUnavailable, err.Error())
	}
	if err == nil {
		o.Token = verified
	}
	o.Report = c.verifier.Inspect(ctx, token.Text, c.policy.TokenUse, c.policy.Requirements...)
	return o
}

func (c *Checker) verify(ctx context.Context, raw string) (report.Token, error) {
	switch c.policy.TokenUse {
	case cognito.TokenUseAccess:
		return c.verifier.VerifyAccessToken(ctx, raw, c.policy.Requirements...)
	case cognito.TokenUseID:
		return c.verifier.VerifyIDToken(ctx, raw, c.policy.Requirements...)
	}
	token, err := c.verifier.VerifyEither(ctx, raw, c.policy.Requirements...)
	if err != nil {
		return nil, err
	}
	known, ok := token.(report.Token)
	if !ok {
		return nil, fmt.Errorf("a token of the unknown type %T", token)
	}
	return known, nil
}

// Inspect explains a token, without a verdict. now is the present time, which [Policy.At]
// replaces. The error is that of [cognito.Inspect].
func (p *Policy) Inspect(ctx context.Context, token string, now time.Time) (*cognito.Report, error) {
	if !p.At.IsZero() {
		now = p.At
	}
	return cognito.Inspect(ctx, token, cognito.InspectOptions{
		UserPoolIDs:    p.UserPoolIDs,
		ReplicaRegions: p.ReplicaRegions,
		Issuer:         p.Issuer,
		ClientIDs:      p.ClientIDs,
		Audiences:      p.Audiences,
		TokenUse:       p.TokenUse,
		Requirements:   p.Requirements,
		Leeway:         p.Leeway,
		Now:            now,
		Keys:           p.Keys,
	})
}
