package signin

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

// renew renews the tokens of a session once, however many processes want it: take the lock,
// read again, ask the user pool, write if the version is still the same.
func (h *Handler) renew(ctx context.Context, s *site, st *state, force bool) (*state, error) {
	key, holder := st.record.Key, rand.Text()
	timeout := s.app.Client.Timeout
	if timeout == 0 {
		timeout = oauth.DefaultTimeout
	}
	ttl := timeout + lockSlack
	current, taken, err := h.take(ctx, st, holder, ttl)
	if err != nil || !taken {
		return current, err
	}
	stop := h.hold(ctx, key, holder, ttl)
	defer func() {
		stop()
		if err := h.store.Unlock(ctx, key, holder); err != nil {
			h.warn(ctx, "unlock", "the store did not release the lock of a session", err)
		}
	}()
	if current, err = h.again(ctx, st); err != nil {
		return nil, err
	}
	if current.record.Version != st.record.Version && !current.due(h.now()) && !force {
		return current, nil
	}
	if force && h.now().Sub(current.content.From) < refreshForce {
		return current, nil
	}
	tokens, ended, err := h.ask(ctx, s, current)
	switch {
	case ended:
		return h.refused(ctx, current)
	case err != nil:
		return nil, unavailable(err, "the tokens could not be renewed; try again", h.paused(h.now(), s, key))
	}
	next := &state{id: current.id, record: current.record, content: current.content}
	next.content.setTokens(tokens, h.now())
	return h.write(ctx, s, next)
}

// take takes the lock of a session. While another process has it, take watches for the
// tokens of that process: taken is false then.
func (h *Handler) take(ctx context.Context, st *state, holder string, ttl time.Duration) (current *state, taken bool, err error) {
	for waited := time.Duration(0); waited <= ttl; waited += lockPoll {
		taken, err = h.store.Lock(ctx, st.record.Key, holder, ttl)
		if err != nil {
			h.warn(ctx, "lock", "the store did not lock a session", err)
			return nil, false, unavailable(err, "the tokens could not be renewed; try again", time.Second)
		}
		if taken {
			return nil, true, nil
		}
		time.Sleep(lockPoll)
		if current, err = h.again(ctx, st); err != nil || current.record.Version != st.record.Version {
			return current, false, err
		}
	}
	return nil, false, unavailable(nil, "another process renews the tokens; try again", time.Second)
}

// hold prolongs the lock until stop is called.
func (h *Handler) hold(ctx context.Context, key Key, holder string, ttl time.Duration) (stop func()) {
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(ttl / 3)
		defer ticker.Stop()
		for {
			select {
			case <-end:
				return
			case <-ticker.C:
			}
			if _, err := h.store.Lock(ctx, key, holder, ttl); err != nil {
				h.warn(ctx, "lock", "the store did not prolong the lock of a session", err)
			}
		}
	}()
	return func() { close(end); <-ended }
}

// again reads a session again.
func (h *Handler) again(ctx context.Context, st *state) (*state, error) {
	current, err := h.read(ctx, st.id)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, seal.ErrClosed):
		return nil, missing("the session has ended meanwhile")
	case err != nil:
		h.warn(ctx, "load", "the store did not answer", err)
		return nil, unavailable(err, "the session could not be looked up; try again", time.Second)
	}
	return current, nil
}

// refused handles invalid_grant. If another process has renewed the tokens meanwhile, its
// tokens are used. Otherwise the session has ended.
func (h *Handler) refused(ctx context.Context, st *state) (*state, error) {
	current, err := h.again(ctx, st)
	if err != nil {
		return nil, err
	}
	if current.record.Version != st.record.Version {
		return current, nil
	}
	h.end(ctx, st)
	return nil, missing("the user pool no longer accepts the refresh token")
}

// write stores new tokens. If the user pool has rotated the refresh token, the store has one
// that is no longer good. So a write without an answer is held here and tried again until
// the session ends, and the lock keeps other processes from using the old one.
func (h *Handler) write(ctx context.Context, s *site, next *state) (*state, error) {
	version := next.record.Version
	sealed, err := h.sealed(next, version+1)
	if err != nil {
		return nil, unavailable(err, "the new tokens could not be sealed; try again", time.Second)
	}
	for delay := lockPoll; ; delay = min(2*delay, longestPause/12) {
		err = h.store.CompareAndSwap(ctx, next.record.Key, version, sealed)
		switch {
		case err == nil:
			next.record.Version, next.record.Sealed = version+1, sealed
			return next, nil
		case errors.Is(err, ErrNotFound): // signed out meanwhile: the new token must not outlive that
			h.revokeToken(ctx, s, next)
			return nil, missing("the session has ended meanwhile")
		case errors.Is(err, ErrConflict):
			// A write without an answer may have been this one.
			return h.again(ctx, next)
		case !h.now().Before(next.record.ExpiresAt):
			return nil, missing("the session has ended by its limits")
		}
		h.warn(ctx, "write", "the store did not take new tokens; trying again", err)
		time.Sleep(delay)
	}
}

// revokeToken revokes the refresh token of a session at the user pool.
func (h *Handler) revokeToken(ctx context.Context, s *site, st *state) {
	if st.content.Refresh == "" {
		return
	}
	if err := s.client.Revoke(ctx, oauth.RefreshToken(st.content.Refresh)); err != nil {
		h.warn(ctx, "revoke", "the user pool did not revoke the refresh token of a session that has ended", err)
	}
}
