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

// A question is what the form asks about a token.
type question struct {
	token          string
	use            cognito.TokenUse // "" is either
	client         string           // "" is any of the pool's
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

// An answer is what the library says to a question.
type answer struct {
	report *cognito.Report
	// refusal is the verdict, nil where the token is valid, or where there was nobody
	// to say so.
	refusal *cognito.Error
	// nobody says that no user pool is there to vouch for any token.
	nobody bool
}

// verify answers. The error is about the pools.
func (p *Page) verify(ctx context.Context, q *question, pools []Pool) (*answer, error) {
	now := p.now()
	if len(pools) == 0 {
		return q.decode(ctx, now)
	}
	verifier, err := p.verifier(pools, q.client, now)
	if err != nil {
		return nil, err
	}
	// The verifier's verdict decides; the report explains. Both see the same keys and
	// the same time.
	a := &answer{}
	switch q.use {
	case cognito.TokenUseAccess:
		_, err = verifier.VerifyAccessToken(ctx, q.token, q.requirements()...)
	case cognito.TokenUseID:
		_, err = verifier.VerifyIDToken(ctx, q.token, q.requirements()...)
	default:
		_, err = verifier.VerifyEither(ctx, q.token, q.requirements()...)
	}
	if err != nil && !errors.As(err, &a.refusal) {
		return nil, err // the library promises that this cannot be
	}
	a.report = verifier.Inspect(ctx, q.token, q.use, q.requirements()...)
	return a, nil
}

// decode answers where there is no pool: only what is no token at all is refused.
func (q *question) decode(ctx context.Context, now time.Time) (*answer, error) {
	options := cognito.InspectOptions{TokenUse: q.use, Requirements: q.requirements(), Now: now}
	if q.client != "" {
		options.ClientIDs = []string{q.client}
	}
	report, err := cognito.Inspect(ctx, q.token, options)
	if err != nil {
		return nil, err
	}
	a := &answer{report: report, nobody: true}
	if !report.Decoded() {
		errors.As(report.Err(), &a.refusal)
	}
	return a, nil
}

// verifier makes one for these pools and this moment. It has no cache: what was
// pasted is forgotten with the request.
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
			// The library asks for a name; no token is for this one.
			clients = []string{rand.Text()}
		}
		config.UserPools = append(config.UserPools, cognito.UserPool{
			ID: pool.ID, ClientIDs: clients, Issuer: pool.Issuer,
			KeySet: &source{fetch: pool.KeySet, note: p.noteKeySet(pool.ID)},
			// No connection is made to the issuer at all.
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
		p.log.WarnContext(ctx, "no key set", "pool", id, "error", err)
	}
}
