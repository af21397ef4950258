package revocation

import (
	"context"
	"crypto/sha256"
	"errors"
	"net/http"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/poolguard/poolguard/cognito"
)

// An Online check asks Cognito about access tokens. It sends each token to an endpoint
// that refuses revoked tokens, and remembers the answers. A good answer is kept for
// [OnlineConfig.MaxAge]. The answer "revoked" is kept until the token expires, and at
// least for MaxAge. Make one with [NewOnline] and share it. It is safe for concurrent
// use. The nil and the zero Online return an error for every token.
//
// An unclear answer is an error and never means "not revoked": no answer, a throttled
// request, a page of a proxy, or an answer about another user. While Cognito throttles an
// endpoint (429, 503), no token is sent to it for the time of its Retry-After or of a
// back-off. The same holds after three requests in a row without an answer, or with a failure
// of the server (5xx). An unclear answer about a token is used for all its calls within a back-off.
// Every such call fails, and [UnavailableError.RetryAfter] says when to try again.
type Online struct {
	pools          map[string]*endpoints
	acceptID       bool
	acceptMachines bool
	maxAge         time.Duration
	timeout        time.Duration
	now            func() time.Time
	client         *http.Client
	verdicts       *otter.Cache[tokenHash, verdict]
	unclear        *otter.Cache[tokenHash, failure]
	flights        flights
}

// tokenHash is the key of a token in the cache: a hash of its whole text. A second text
// with the same hash cannot be found, and the memory does not reveal the token.
type tokenHash [sha256.Size]byte

// A verdict is Cognito's answer about a token. It is valid from the time of the question,
// since the answer may have been slow.
type verdict struct {
	revoked     bool
	from, until time.Time
}

// A failure is an answer about a token that was no verdict. Cognito is not asked about
// that token again before its end.
type failure struct {
	count       int // in a row
	from, until time.Time
	err         *UnavailableError
}

// covers reports whether now is within the time of the verdict. A time before it does not
// count: a clock that was set back would prolong the verdict.
func (v verdict) covers(now time.Time) bool { return !now.Before(v.from) && now.Before(v.until) }

// NewOnline returns a check as config describes it. It reports every fault of config at
// once, each as a [*ConfigError]. It does no I/O.
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
	// Inserts do the upkeep, so no goroutine outlives a call.
	upkeep := func(task func()) { task() }
	// A positive size alone is right.
	o.verdicts = otter.Must(&otter.Options[tokenHash, verdict]{MaximumSize: config.MaxEntries, Executor: upkeep})
	o.unclear = otter.Must(&otter.Options[tokenHash, failure]{MaximumSize: config.MaxEntries, Executor: upkeep})
	return o, nil
}

// Revoked reports whether Cognito refuses the token as revoked. Use it as
// [cognito.Config.Revoked]. If no answer is in memory, it asks Cognito. Callers with the
// same token share one request. It waits until ctx or [OnlineConfig.Timeout] ends.
//
// Cognito cannot be asked about some tokens. They are refused with a [*cognito.Error],
// which the verifier returns unchanged: ID tokens, machine tokens and tokens of unknown
// pools with [cognito.ErrAccessDenied], and tokens without a scope for an endpoint with
// [cognito.ErrScopeMissing]. Every other error means that the state of the token is
// unknown.
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
		return false, errors.New("revocation: the token is not an access token or an ID token")
	}
	if access.IsMachine() {
		if o.acceptMachines {
			return false, nil
		}
		return false, refuse("a machine token cannot be checked for revocation at the user pool")
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
		if err := o.held(name, from); err != nil {
			return verdict{}, err
		}
		answer, err := ask(ctx)
		if err != nil {
			return verdict{}, o.hold(name, err)
		}
		o.unclear.Invalidate(name)
		return o.remember(name, answer, from, access.ExpiresAt()), nil
	})
}

// question returns a function that asks about the token, or the reason why Cognito cannot
// be asked.
func (o *Online) question(access *cognito.AccessToken, raw cognito.Raw) (func(context.Context) (answer, error), error) {
	pool := o.pools[access.UserPoolID()]
	subject := access.Subject()
	switch {
	case raw == "":
		return nil, errors.New("revocation: the raw token is missing, so Cognito cannot be asked")
	case pool == nil:
		return nil, refuse("this user pool is not configured for revocation checks")
	case subject == "":
		// The answer could be about another user.
		return nil, refuse("a token without a subject cannot be checked for revocation at the user pool")
	}
	var needed string
	for _, e := range pool.ways {
		if access.Scopes().Has(e.scope) {
			return func(ctx context.Context) (answer, error) { return e.ask(ctx, o.client, o.now, raw, subject) }, nil
		}
		if needed != "" {
			needed += " or "
		}
		needed += e.scope
	}
	return nil, cognito.NewError(cognito.ErrScopeMissing, "the revocation check needs a token with the scope "+needed)
}

func refuse(message string) error { return cognito.NewError(cognito.ErrAccessDenied, message) }

func (o *Online) remembered(name tokenHash) (verdict, bool) {
	v, _ := o.verdicts.GetIfPresent(name) // the zero verdict covers no time
	return v, v.covers(o.now())
}

// held returns the error for a token whose last answer was unclear a short time ago.
func (o *Online) held(name tokenHash, now time.Time) error {
	last, _ := o.unclear.GetIfPresent(name) // the zero failure is over
	if now.Before(last.from) || !now.Before(last.until) {
		return nil
	}
	again := *last.err
	again.retryAfter = last.until.Sub(now)
	return &again
}

// hold remembers an answer that was no verdict, and returns its error. A request without
// an answer, and one that was throttled, say nothing about the token.
func (o *Online) hold(name tokenHash, err error) error {
	unavailable, _ := errors.AsType[*UnavailableError](err)
	if unavailable.Status() == 0 || unavailable.retryAfter > 0 {
		return err
	}
	last, _ := o.unclear.GetIfPresent(name)
	now, count := o.now(), last.count+1
	wait := backOff(count, 0)
	o.unclear.Set(name, failure{count: count, from: now, until: now.Add(wait), err: unavailable})
	again := *unavailable
	again.retryAfter = wait
	return &again
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
