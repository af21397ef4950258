package oauth

import (
	"context"
	"crypto/sha256"
	"sync"
	"time"

	"golang.org/x/oauth2"
)

// rotationMemory is the time for which the answer to a refresh with a new refresh token
// is kept: for callers that still have the old token, or did not get the answer.
// Cognito's own grace period is 0 to 60 seconds.
const rotationMemory = 30 * time.Second

// mostAnswers limits the number of answers, a few kilobytes each.
const mostAnswers = 1024

// Refresh exchanges a refresh token for new tokens. subject is the subject of the old
// tokens: tokens of another subject are rejected (OpenID Connect Core §12.2), and so is an
// empty subject. The nonce of the new ID token is not checked, and at_hash is optional.
// Two checks differ from §12.2. The issuer is any of the pool's, because the pool can be
// switched to the other one between two refreshes. auth_time is not compared, because the
// pool vouches for it: require its age of the tokens.
//
// Concurrent calls with the same refresh token share one request, and each gets the new
// tokens. If the pool rotates refresh tokens, calls with the old one get them too for 30
// seconds: this process keeps at most 1024 such answers. Processes that share sessions
// must take turns, or rely on the pool's grace period.
//
// The request does not end with a caller's context: it continues for the other callers,
// and for a second call. [ErrInvalidGrant] means that the user must sign
// in again, [ErrUnavailable] that the same refresh token may be good later.
func (c *Client) Refresh(ctx context.Context, token RefreshToken, subject string) (*Tokens, error) {
	if refusal := c.made(); refusal != nil {
		return nil, refusal
	}
	switch {
	case token == "" || !isPrintable(string(token)):
		return nil, fail(ErrInvalidRequest, "the refresh token is empty, or has invalid characters")
	case subject == "":
		return nil, fail(ErrInvalidRequest, "the subject is empty, so the new tokens cannot be compared with it")
	case ctx.Err() != nil:
		return nil, problem(ctx, "the refresh", ctx.Err())
	}
	f := c.refreshes.join(token, c.app.Now(), func(f *flight) {
		c.run(context.WithoutCancel(ctx), f, token)
	})
	select {
	case <-f.done:
	case <-ctx.Done():
		return nil, problem(ctx, "the refresh", ctx.Err())
	}
	if f.refusal != nil {
		return nil, f.refusal
	}
	if f.tokens.ID.Subject() != subject {
		return nil, fail(ErrTokensInvalid, "the new tokens are for another user than the old ones")
	}
	own := *f.tokens
	return &own, nil
}

// run runs a flight and always finishes it, also if its goroutine panics, because callers
// wait for it.
func (c *Client) run(ctx context.Context, f *flight, old RefreshToken) {
	defer c.refreshes.finish(f)
	defer survive("the refresh", &f.refusal)
	f.refusal = cutShort("the refresh")
	f.tokens, f.refusal = c.renew(ctx, f, old)
}

// renew asks the pool, unless it has the answer already, and checks the answer. It checks
// it each time, since tokens may have been revoked.
func (c *Client) renew(ctx context.Context, f *flight, old RefreshToken) (*Tokens, *Error) {
	if f.answer == nil {
		token, refusal := c.app.ask(ctx, "the refresh", func(ctx context.Context) (*oauth2.Token, error) {
			return c.oauth2.TokenSource(ctx, &oauth2.Token{RefreshToken: string(old)}).Token()
		})
		if refusal != nil {
			return nil, refusal
		}
		a, refusal := readAnswer(token)
		if refusal != nil {
			return nil, refusal
		}
		if a.refresh == "" {
			a.refresh = string(old)
		}
		f.answer = &a
	}
	return c.checkTokens(ctx, *f.answer, false)
}

// A flight is one refresh. Callers wait for done.
type flight struct {
	key    [sha256.Size]byte // of the refresh token
	began  time.Time
	answer *answer // of the pool
	over   bool    // revoked meanwhile: no other caller gets its answer; refreshes.mu guards it
	done   chan struct{}

	// Set before done is closed, one of the two.
	tokens  *Tokens
	refusal *Error
}

// refreshes are the refreshes of a client, by the hash of their old refresh token.
type refreshes struct {
	mu      sync.Mutex // guards what follows
	flights map[[sha256.Size]byte]*flight
	answers map[[sha256.Size]byte]keptAnswer // of rotations
}

type keptAnswer struct {
	answer *answer
	began  time.Time
}

// join returns the current flight for the token, or starts one with run.
func (r *refreshes) join(token RefreshToken, now time.Time, run func(*flight)) *flight {
	key := sha256.Sum256([]byte(token))
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.flights[key]; f != nil {
		return f
	}
	f := &flight{key: key, began: now, done: make(chan struct{})}
	if kept, ok := r.answers[key]; ok && now.Sub(kept.began).Abs() < rotationMemory {
		f.answer, f.began = kept.answer, kept.began
	}
	if r.flights == nil {
		r.flights = make(map[[sha256.Size]byte]*flight)
		r.answers = make(map[[sha256.Size]byte]keptAnswer)
	}
	r.flights[key] = f
	go run(f)
	return f
}

// finish ends a flight. An answer with a new refresh token is kept, also if its tokens
// could not be checked: the pool may no longer accept the old refresh token.
func (r *refreshes) finish(f *flight) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.flights[f.key] == f {
		delete(r.flights, f.key)
	}
	for key, kept := range r.answers {
		if f.began.Sub(kept.began).Abs() >= rotationMemory {
			delete(r.answers, key)
		}
	}
	rotated := f.answer != nil && sha256.Sum256([]byte(f.answer.refresh)) != f.key
	if keep := f.refusal == nil || f.refusal.Temporary(); rotated && keep && !f.over && len(r.answers) < mostAnswers {
		r.answers[f.key] = keptAnswer{f.answer, f.began}
	}
	close(f.done)
}

// forget drops the answers that the token led to, also of a running refresh, and the
// answers with this token.
func (r *refreshes) forget(token RefreshToken) {
	used := sha256.Sum256([]byte(token))
	r.mu.Lock()
	defer r.mu.Unlock()
	if f := r.flights[used]; f != nil {
		f.over = true
		delete(r.flights, used)
	}
	delete(r.answers, used)
	for key, kept := range r.answers {
		if kept.answer.refresh == string(token) {
			delete(r.answers, key)
		}
	}
}
