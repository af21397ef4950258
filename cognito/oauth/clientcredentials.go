package oauth

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// ClientCredentialsConfig configures a [ClientCredentialsSource]. App must be set, with its secret.
type ClientCredentialsConfig struct {
	// App is the app client. It cannot be one that signs users in: an app client of
	// Cognito has one of the two grants.
	App App

	// Scopes are requested. None means all scopes of the app client.
	Scopes []string

	// Resource is the API to which tokens are bound (RFC 8707), "" for none.
	Resource string

	// Jitter returns numbers from 0 to 1, which spread the renewals of many processes. It
	// is called by one goroutine at a time. nil is random.
	Jitter func() float64
}

// A ClientCredentialsSource is an oauth2.TokenSource for tokens of the client credentials grant
// (RFC 6749 §4.4). Make one with [NewClientCredentialsSource] and share it. It is safe for
// concurrent use. A token is opaque to its client: it is not verified here. The answer
// must only have a token that can be sent.
//
// A token is renewed when a tenth of its life is left (at least a minute), or a little
// more, at random. The next caller then starts a fetch, and all callers use the old token
// until it ends. A caller waits for the fetch only if the old token expires within ten
// seconds (within a quarter of its life, for a life under forty seconds). All waiting
// callers share one fetch. After a failed fetch the next one waits: a second, then twice
// as long each time, up to a minute, or as long as the pool says. Until then callers that
// need a token get the error at once. Nothing runs without callers.
//
// Times are those of the wall clock: a token does not live longer if the machine was
// suspended. The zero value has no token.
//
// Use it as the Source of an [oauth2.Transport]. [oauth2.NewClient] and
// [oauth2.ReuseTokenSource] would keep each token until its end and prevent the early
// renewal.
type ClientCredentialsSource struct {
	app    App
	config clientcredentials.Config
	jitter func() float64

	mu       sync.Mutex // guards what follows
	held     held
	fetch    *fetch // nil if none runs
	failure  *Error // of the last fetch
	failures int    // in a row
	retryAt  time.Time
}

// A fetch is one request. Callers wait for done.
type fetch struct {
	done chan struct{}

	// Set before done is closed, one of the two.
	token   *oauth2.Token
	refusal *Error
}

// A held token is valid from one time to another, and is renewed in between.
type held struct {
	token                 *oauth2.Token
	since, renewAt, until time.Time
}

// isGood returns false for a token from the future: the clock was set back.
func (h *held) isGood(now time.Time) bool {
	return !now.Before(h.since) && now.Before(h.until) // without a token, both are the zero time
}

const (
	asGoodAsOver    = 10 * time.Second // in which a token is as good as expired; x/oauth2 has the same
	leastEarliness  = time.Minute
	mostLifetime    = 7 * 24 * time.Hour // Cognito's have a day at most
	longestToken    = 64 << 10
	firstBackOff    = time.Second
	longestBackOff  = time.Minute
	longestPoolWait = 5 * time.Minute // the longest Retry-After that is used
)

// NewClientCredentialsSource returns a token source for the app client in config. It reports every
// fault of config at once, each as a [*ConfigError]. It requests no token yet.
func NewClientCredentialsSource(config ClientCredentialsConfig) (*ClientCredentialsSource, error) {
	faults := configerror.In("oauth", "ClientCredentialsConfig")
	config.App.validate(faults.At("App"))
	if config.App.ClientSecret == "" {
		faults.Add("App.ClientSecret", "is empty: a public app client cannot use the client credentials grant; set its secret")
	}
	checkScopes(faults, config.Scopes)
	if len(config.Resource) > longestArgument {
		faults.Add("Resource", "is longer than %d bytes", longestArgument)
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	app := config.App.withDefaults()
	common := app.oauth2()
	s := &ClientCredentialsSource{app: app, jitter: config.Jitter, config: clientcredentials.Config{
		ClientID: common.ClientID, ClientSecret: common.ClientSecret,
		TokenURL: common.Endpoint.TokenURL, AuthStyle: common.Endpoint.AuthStyle,
		Scopes: slices.Clone(config.Scopes),
	}}
	if config.Resource != "" {
		s.config.EndpointParams = url.Values{"resource": {config.Resource}}
	}
	if s.jitter == nil {
		s.jitter = rand.Float64
	}
	return s, nil
}

// Token implements oauth2.TokenSource. It waits at most [App.Timeout]. The caller owns
// the token. The error is an [*Error].
func (s *ClientCredentialsSource) Token() (*oauth2.Token, error) {
	return s.TokenContext(context.Background())
}

// TokenContext is Token with a context. When ctx ends, the caller stops waiting. The
// fetch continues for other callers.
func (s *ClientCredentialsSource) TokenContext(ctx context.Context) (*oauth2.Token, error) {
	if s == nil || s.app.Now == nil {
		return nil, fail(ErrInvalidRequest, "the ClientCredentialsSource was not made with NewClientCredentialsSource")
	}
	token, wait, refusal := s.current(ctx)
	if refusal != nil {
		return nil, refusal
	}
	if wait != nil {
		select {
		case <-wait.done:
			token, refusal = wait.token, wait.refusal
		case <-ctx.Done():
			refusal = problem(ctx, "the machine's token", ctx.Err())
		}
		if refusal != nil {
			return nil, refusal
		}
	}
	own := *token
	return &own, nil
}

// current returns the current token, a fetch to wait for, or an error.
func (s *ClientCredentialsSource) current(ctx context.Context) (*oauth2.Token, *fetch, *Error) {
	now := s.app.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	good := s.held.isGood(now)
	if good && now.Before(s.held.renewAt) {
		return s.held.token, nil, nil
	}
	waits := now.Before(s.retryAt) && s.retryAt.Sub(now) <= longestPoolWait // longer: the clock was set back
	if s.fetch == nil && waits && !good {
		again := *s.failure
		again.retryAfter = s.retryAt.Sub(now)
		return nil, nil, &again
	}
	if s.fetch == nil && !waits {
		s.fetch = &fetch{done: make(chan struct{})}
		go s.renew(context.WithoutCancel(ctx), s.fetch, now)
	}
	if good {
		return s.held.token, nil, nil
	}
	return nil, s.fetch, nil
}

// renew runs a fetch and always ends it, also if its goroutine panics, because callers
// wait for it.
func (s *ClientCredentialsSource) renew(ctx context.Context, f *fetch, now time.Time) {
	const what = "the machine's token"
	var h held
	refusal := cutShort(what)
	defer func() { s.end(f, h, refusal) }()
	defer survive(what, &refusal)
	token, refused := s.app.ask(ctx, what, s.config.Token)
	if refused == nil {
		h, refused = s.hold(token, now)
	}
	refusal = refused
}

// end records the outcome of a fetch and wakes the waiting callers.
func (s *ClientCredentialsSource) end(f *fetch, h held, refusal *Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(f.done)
	s.fetch, s.failure = nil, refusal
	if refusal == nil {
		s.held, s.failures, s.retryAt = h, 0, time.Time{}
		f.token = h.token
		return
	}
	f.refusal = refusal
	pause := min(firstBackOff<<min(s.failures, 10), longestBackOff)
	if refusal.Temporary() {
		pause = max(pause, min(refusal.retryAfter, longestPoolWait))
	}
	s.failures++
	s.retryAt = s.app.Now().Add(pause)
}

// hold computes the times of a token that was requested at the time now.
func (s *ClientCredentialsSource) hold(token *oauth2.Token, now time.Time) (held, *Error) {
	lifetime, refusal := checkClientCredentials(token)
	if refusal != nil {
		return held{}, refusal
	}
	now = now.Round(0) // the monotonic clock stops while the machine is suspended
	// By the exact names, which were checked: x/oauth2 accepts TOKEN_TYPE too.
	token.TokenType, token.RefreshToken, token.Expiry = "Bearer", "", now.Add(lifetime)
	early := min(max(lifetime/10, leastEarliness), lifetime/2)
	if jitter := s.jitter(); jitter > 0 { // NaN is not
		early += time.Duration(float64(early) / 2 * min(jitter, 1))
	}
	return held{token, now, token.Expiry.Add(-early), token.Expiry.Add(-min(asGoodAsOver, lifetime/4))}, nil
}

// Format writes the ID of the app client, under every verb. Without it, fmt would print
// the secret and the token, because fmt calls no methods of unexported fields.
func (s *ClientCredentialsSource) Format(f fmt.State, _ rune) {
	if s == nil {
		_, _ = io.WriteString(f, "no oauth.ClientCredentialsSource")
		return
	}
	_, _ = fmt.Fprintf(f, "oauth.ClientCredentialsSource of %q at %q", s.app.ClientID, s.app.Domain)
}

// checkClientCredentials requires a token that a header can carry, and its lifetime.
func checkClientCredentials(token *oauth2.Token) (lifetime time.Duration, refusal *Error) {
	text, _ := token.Extra("access_token").(string)
	seconds, _ := token.Extra("expires_in").(float64)
	switch {
	case text != token.AccessToken || // which x/oauth2 requires, by a name in any case
		len(text) > longestToken || !isPrintable(text):
		return 0, fail(ErrResponseInvalid, "the user pool's answer has no valid access_token")
	case seconds < 1:
		return 0, fail(ErrResponseInvalid, "the user pool's answer has no valid expires_in")
	}
	return time.Duration(min(seconds, mostLifetime.Seconds())) * time.Second, checkType(token)
}
