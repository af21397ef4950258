package signin

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

const (
	// refreshWait is the time for which a request waits for new tokens, if the old ones have
	// expired. The refresh goes on after it.
	refreshWait = 5 * time.Second

	lockSlack    = 5 * time.Second        // a lock outlasts the request to the user pool by this
	lockPoll     = 100 * time.Millisecond // between two attempts to take a lock
	refreshForce = 30 * time.Second       // a forced refresh does nothing within this time after another one
	firstPause   = time.Second
	longestPause = time.Minute
	mostPauses   = 4096
)

// refreshes are the refreshes of this process.
type refreshes struct {
	mu      sync.Mutex // guards what follows
	flights map[Key]*flight
	pauses  map[any]*pause // by *site, or by Key for one session
}

// A flight is one refresh, for all requests that need it. Requests wait for done.
type flight struct {
	done chan struct{}
	// Set before done is closed: one of the two.
	state *state
	err   error
}

// A pause delays refreshes after a failure.
type pause struct {
	until    time.Time
	failures int
}

// due reports whether tokens must be renewed at a time: when less than 60 seconds or 5 % of
// their life is left. Each session is up to a fifth of that later, so that sessions that
// began together are not renewed together.
func (st *state) due(now time.Time) bool {
	ahead := max(time.Minute, st.content.Until.Sub(st.content.From)/20)
	ahead -= ahead / 5 * time.Duration(st.record.Key[0]) / 255
	return !now.Before(st.content.Until.Add(-ahead))
}

// fresh returns the session with tokens that have not expired. It starts a refresh if it is
// due, and waits for it only if it must.
func (h *Handler) fresh(ctx context.Context, s *site, st *state) (*state, error) {
	now := h.now()
	if !st.due(now) {
		return st, nil
	}
	isExpired := !now.Before(st.content.Until)
	wait := h.paused(now, s, st.record.Key)
	if wait > 0 || st.content.Refresh == "" {
		switch {
		case !isExpired:
			return st, nil
		case st.content.Refresh == "":
			h.end(ctx, st)
			return nil, missing("the tokens have expired, and the user pool sent no refresh token")
		}
		return nil, unavailable(nil, "the user pool does not answer; try again", wait)
	}
	f := h.join(ctx, s, st, false)
	if !isExpired {
		return st, nil
	}
	return h.await(ctx, f)
}

func (h *Handler) await(ctx context.Context, f *flight) (*state, error) {
	timer := time.NewTimer(refreshWait)
	defer timer.Stop()
	select {
	case <-f.done:
		return f.state, f.err
	case <-timer.C:
	case <-ctx.Done():
	}
	return nil, unavailable(ctx.Err(), "the tokens are being renewed; try again", time.Second)
}

// join returns the refresh of a session that is under way, or starts one. It goes on when
// the request has ended, because a rotated refresh token must not be lost.
func (h *Handler) join(ctx context.Context, s *site, st *state, force bool) *flight {
	key := st.record.Key
	h.refreshes.mu.Lock()
	defer h.refreshes.mu.Unlock()
	if f := h.refreshes.flights[key]; f != nil {
		return f
	}
	if h.refreshes.flights == nil {
		h.refreshes.flights, h.refreshes.pauses = map[Key]*flight{}, map[any]*pause{}
	}
	f := &flight{done: make(chan struct{}), err: unavailable(nil, "the refresh was cut short; try again", time.Second)}
	h.refreshes.flights[key] = f
	go func() {
		defer func() {
			h.refreshes.mu.Lock()
			delete(h.refreshes.flights, key)
			h.refreshes.mu.Unlock()
			close(f.done)
		}()
		f.state, f.err = h.renew(context.WithoutCancel(ctx), s, st, force)
	}()
	return f
}

// paused returns the time until refreshes may be sent again, for a site or a session.
func (h *Handler) paused(now time.Time, keys ...any) (wait time.Duration) {
	h.refreshes.mu.Lock()
	defer h.refreshes.mu.Unlock()
	for _, key := range keys {
		if p := h.refreshes.pauses[key]; p != nil {
			// A clock that was set back does not prolong a pause.
			wait = max(wait, min(p.until.Sub(now), longestPause))
		}
	}
	return wait
}

// failed notes a failure: each one in a row doubles the pause, with jitter.
func (h *Handler) failed(key any, retryAfter time.Duration) {
	now := h.now()
	h.refreshes.mu.Lock()
	defer h.refreshes.mu.Unlock()
	p := h.refreshes.pauses[key]
	if p == nil {
		if len(h.refreshes.pauses) >= mostPauses {
			for other, p := range h.refreshes.pauses {
				if now.After(p.until) {
					delete(h.refreshes.pauses, other)
				}
			}
		}
		p = &pause{}
		if len(h.refreshes.pauses) < mostPauses {
			h.refreshes.pauses[key] = p
		}
	}
	p.failures++
	d := min(firstPause<<min(p.failures-1, 10), longestPause)
	d = d/2 + time.Duration(rand.Int64N(int64(d/2)+1)) //nolint:gosec // jitter is no secret
	p.until = now.Add(min(max(d, retryAfter), longestPause))
}

func (h *Handler) succeeded(keys ...any) {
	h.refreshes.mu.Lock()
	defer h.refreshes.mu.Unlock()
	for _, key := range keys {
		delete(h.refreshes.pauses, key)
	}
}

// ask sends the refresh token to the user pool. ended reports that the session is over.
func (h *Handler) ask(ctx context.Context, s *site, st *state) (tokens *oauth.Tokens, ended bool, err error) {
	tokens, err = s.client.Refresh(ctx, oauth.RefreshToken(st.content.Refresh), st.content.Subject)
	var e *oauth.Error
	switch {
	case err == nil:
		h.succeeded(s, st.record.Key)
		return tokens, false, nil
	case errors.Is(err, oauth.ErrInvalidGrant), errors.Is(err, cognito.ErrTokenRevoked):
		return nil, true, err
	case errors.Is(err, oauth.ErrUnavailable) && errors.As(err, &e):
		h.failed(s, e.RetryAfter()) // it concerns all sessions of the app client
	default:
		h.failed(st.record.Key, 0)
	}
	h.warn(ctx, "refresh", "the user pool did not renew the tokens of a session", err)
	return nil, false, err
}
