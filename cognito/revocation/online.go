package revocation

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// An Online check asks Cognito about access tokens, by presenting each to an endpoint
// that takes no revoked ones, and remembers the answers: a good one for
// [OnlineConfig.MaxAge], a revoked one until the token expires, or so long. Make one with
// [NewOnline] and share it; it is safe for concurrent use. The nil and the zero Online
// answer every question with an error.
//
// What Cognito did not clearly say is an error, never "not revoked": no answer, a
// throttled one, a page of a proxy's, an answer about somebody else.
type Online struct {
	pools          map[string]*endpoints
	acceptID       bool
	acceptMachines bool
	maxAge         time.Duration
	timeout        time.Duration
	now            func() time.Time
	client         *http.Client
	verdicts       *otter.Cache[tokenHash, verdict]
	flights        flights
}

// tokenHash names a token in the cache, all of it: nobody finds a second text for it,
// and nobody who reads this memory finds the token.
type tokenHash [sha256.Size]byte

// A verdict is what Cognito said of a token. A good one was so when it was asked for:
// the answer may have been long under way.
type verdict struct {
	revoked     bool
	from, until time.Time
}

// covers says no for a time before the verdict as well: a clock that was set back would
// prolong it.
func (v verdict) covers(now time.Time) bool { return !now.Before(v.from) && now.Before(v.until) }

// NewOnline returns a check that asks as config says. It checks all of config and
// reports every fault at once, each a [*ConfigError]; it does no I/O.
func NewOnline(config OnlineConfig) (*Online, error) {
	pools, err := config.validate()
	if err != nil {
		return nil, err
	}
	config = config.withDefaults()
	o := &Online{
		pools: pools, acceptID: config.InsecureAcceptIDTokens, acceptMachines: config.InsecureAcceptMachineTokens,
		maxAge: config.MaxAge, timeout: config.Timeout, now: config.Now, client: strict(config.HTTPClient),
		flights: flights{under: map[tokenHash]*flight{}, slots: make(chan struct{}, config.MaxConcurrent)},
	}
	o.verdicts, err = otter.New(&otter.Options[tokenHash, verdict]{
		MaximumSize: config.MaxEntries,
		// Upkeep is done by whoever inserts, so that no goroutine outlives a call.
		Executor: func(task func()) { task() },
	})
	if err != nil {
		faults := configerror.In("revocation", "OnlineConfig")
		faults.Add("MaxEntries", "is not possible: %v", err)
		return nil, faults.Err()
	}
	return o, nil
}

// Revoked reports whether Cognito takes the token no more. It is for
// [cognito.Config.Revoked]. Without a remembered answer it asks, together with all who
// wait for the same token's, and waits no longer than ctx and [OnlineConfig.Timeout]
// allow.
//
// A token that Cognito cannot be asked about is refused by an error that is a
// [*cognito.Error], which the verifier passes on as it stands: ID tokens, machine
// tokens and those of unknown pools with [cognito.ErrAccessDenied], those without a
// scope that an endpoint takes with [cognito.ErrScopeMissing]. Every other error means
// that it could not be found out.
func (o *Online) Revoked(ctx context.Context, token cognito.Token, raw cognito.Raw) (bool, error) {
	if o == nil || o.now == nil {
		return false, errors.New("revocation: the Online was not made by NewOnline")
	}
	var access *cognito.AccessToken
	switch t := token.(type) {
	case *cognito.IDToken:
		if o.acceptID {
			return false, nil
		}
		return false, refuse("an ID token cannot be checked for revocation at the user pool; send the access token")
	case *cognito.AccessToken:
		access = t
	default:
		return false, errors.New("revocation: neither an access token nor an ID token")
	}
	if access.IsMachine() {
		if o.acceptMachines {
			return false, nil
		}
		return false, refuse("a machine's token cannot be checked for revocation at the user pool")
	}
	ask, err := o.question(access, raw)
	if err != nil {
		return false, err
	}
	name := tokenHash(sha256.Sum256([]byte(raw)))
	if v, ok := o.remembered(name); ok {
		return v.revoked, nil
	}
	return o.askOnce(ctx, name, func(ctx context.Context) (verdict, error) {
		from := o.now()
		answer, err := ask(ctx)
		if err != nil {
			return verdict{}, err
		}
		return o.remember(name, answer, from, access.ExpiresAt()), nil
	})
}

// question returns how to ask about the token, or why nobody can.
func (o *Online) question(access *cognito.AccessToken, raw cognito.Raw) (func(context.Context) (answer, error), error) {
	pool := o.pools[access.UserPoolID()]
	subject := access.Subject()
	switch {
	case raw == "":
		return nil, errors.New("revocation: the token's text is missing, and Cognito cannot be asked without")
	case pool == nil:
		return nil, refuse("tokens of this user pool cannot be checked for revocation here")
	case subject == "":
		// Nothing would tell whom an answer is about.
		return nil, refuse("a token without a subject cannot be checked for revocation at the user pool")
	}
	var needed string
	for _, e := range pool.ways {
		if access.Scopes().Has(e.scope) {
			return func(ctx context.Context) (answer, error) { return e.ask(ctx, o.client, raw, subject) }, nil
		}
		if needed != "" {
			needed += " or "
		}
		needed += e.scope
	}
	return nil, cognito.NewError(cognito.ErrScopeMissing, "whether the token is revoked can be asked only for tokens with the scope "+needed)
}

func refuse(message string) error { return cognito.NewError(cognito.ErrAccessDenied, message) }

func (o *Online) remembered(name tokenHash) (verdict, bool) {
	v, ok := o.verdicts.GetIfPresent(name)
	return v, ok && v.covers(o.now())
}

// remember keeps what Cognito said. A revoked token never becomes good again, so that
// is kept as long as the token could be used; a good one may be revoked any time.
func (o *Online) remember(name tokenHash, a answer, from, expires time.Time) verdict {
	v := verdict{revoked: a != answerGood, from: from, until: from.Add(o.maxAge)}
	switch longer := expires.After(v.until); {
	case a == answerRevoked && longer:
		v.until = expires
	case a != answerRevoked && !longer:
		// A revoked one is remembered for MaxAge at least: a verifier's leeway has expired
		// tokens asked about, and each time that one is sent would be a request.
		v.until = expires
	}
	o.verdicts.Set(name, v)
	return v
}
