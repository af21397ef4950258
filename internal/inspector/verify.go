package inspector

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// A question is a token with the conditions of the form.
type question struct {
	token          string
	use            cognito.TokenUse // "" is either
	client         string           // "" is any app client of the pool
	scopes, groups []string
}

func (q *question) requirements() []cognito.Requirement {
	var list []cognito.Requirement
	if len(q.scopes) > 0 {
		list = append(list, cognito.RequireScopes(q.scopes...))
	}
	if len(q.groups) > 0 {
		list = append(list, cognito.RequireGroups(q.groups...))
	}
	return list
}

// An answer is the result of the library for a question.
type answer struct {
	report *cognito.Report
	// rejection is why the token is rejected. It is nil where the token is valid, and
	// where there are no pools.
	rejection *cognito.Error
	// noPools means that there is no user pool, so no token can be verified.
	noPools bool
}

// verify asks the library. The error is about the pools.
func (p *Page) verify(ctx context.Context, q *question, pools []Pool) (*answer, error) {
	now := p.now()
	if len(pools) == 0 {
		return q.decode(ctx, now)
	}
	verifier, err := p.verifier(pools, q.client, now)
	if err != nil {
		return nil, err
	}
	// The verifier decides, and the report explains. Both use the same keys and the same
	// time.
	a := &answer{}
	switch q.use {
	case cognito.TokenUseAccess:
		_, err = verifier.VerifyAccessToken(ctx, q.token, q.requirements()...)
	case cognito.TokenUseID:
		_, err = verifier.VerifyIDToken(ctx, q.token, q.requirements()...)
	default:
		_, err = verifier.VerifyEither(ctx, q.token, q.requirements()...)
	}
	if err != nil && !errors.As(err, &a.rejection) {
		return nil, err // the library promises that every error is a *cognito.Error
	}
	a.report = verifier.Inspect(ctx, q.token, q.use, q.requirements()...)
	return a, nil
}

// decode is verify without pools. It rejects only a text that is not a token.
func (q *question) decode(ctx context.Context, now time.Time) (*answer, error) {
	options := cognito.InspectOptions{TokenUse: q.use, Requirements: q.requirements(), Now: now}
	if q.client != "" {
		options.ClientIDs = []string{q.client}
	}
	report, err := cognito.Inspect(ctx, q.token, options)
	if err != nil {
		return nil, err
	}
	a := &answer{report: report, noPools: true}
	if !report.Decoded() {
		errors.As(report.Err(), &a.rejection)
	}
	return a, nil
}

// verifier makes a verifier for these pools and this time. It has no cache, so the token
// is forgotten with the request.
func (p *Page) verifier(pools []Pool, client string, now time.Time) (*cognito.Verifier, error) {
	config := cognito.Config{
		CacheBytes: -1,
		Now:        func() time.Time { return now },
		Logger:     slog.New(slog.DiscardHandler),
	}
	var faults []error
	for n := range pools {
		pool := &pools[n]
		if err := pool.fault(n); err != nil {
			faults = append(faults, err)
			continue
		}
		clients := slices.Clone(pool.ClientIDs)
		switch {
		case client != "":
			clients = []string{client}
		case len(clients) == 0:
			// The library requires a client ID. No token has this one.
			clients = []string{rand.Text()}
		}
		config.UserPools = append(config.UserPools, cognito.UserPool{
			ID: pool.ID, ClientIDs: clients, Issuer: pool.Issuer,
			KeySet: &source{fetch: pool.KeySet, note: p.noteKeySet(pool.ID)},
			// There is no connection to the issuer.
			InsecureAllowPlainHTTP: pool.Issuer != "",
		})
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return cognito.New(config)
}

func (p *Page) noteKeySet(id string) func(context.Context, error) {
	return func(ctx context.Context, err error) {
		p.log.WarnContext(ctx, "the key set is not available", "pool", id, "error", err)
	}
}
