package signin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/cognito/signin/internal/seal"
)

const longestForm = 4 << 10

// confirmSignOut asks before it signs out: a link or an image of another site must not end a
// session.
func (h *Handler) confirmSignOut(w http.ResponseWriter, r *http.Request, s *site) {
	// Without a referrer, browsers send "Origin: null" with the form.
	w.Header().Set("Referrer-Policy", "same-origin")
	h.page(w, r, s, PageConfirmSignOut)
}

// signOut ends the session here, its refresh token, and the browser's session at the user
// pool.
func (h *Handler) signOut(w http.ResponseWriter, r *http.Request, s *site) {
	ctx := context.WithoutCancel(r.Context()) // a browser that leaves is signed out all the same
	r.Body = http.MaxBytesReader(w, r.Body, longestForm)
	if err := r.ParseForm(); err != nil {
		h.page(w, r, s, PageBadRequest)
		return
	}
	if id, ok := s.sessionID(r); ok {
		if err := h.signOutSession(ctx, s, id, r.PostForm.Get("everywhere") == "1"); err != nil {
			h.warn(ctx, "signout", "a session could not be ended", err)
			h.page(w, r, s, PageUnavailable)
			return
		}
	}
	s.setSession(w, "")
	s.clearFlows(w, r)
	if s.app.SignOutURL == "" {
		h.page(w, r, s, PageSignedOut)
		return
	}
	to, err := s.client.LogoutURL(s.app.SignOutURL)
	if err != nil { // New has checked it
		to = s.app.ExternalURL
	}
	redirect(w, to)
}

// signOutSession ends a session, or all sessions of its person. The session itself is the
// last one: if the rest fails, the browser still has it and can ask again.
func (h *Handler) signOutSession(ctx context.Context, s *site, id seal.ID, everywhere bool) error {
	st, err := h.read(ctx, id)
	switch {
	case errors.Is(err, ErrNotFound), errors.Is(err, seal.ErrClosed):
		return nil // it has ended already
	case err != nil:
		return err
	}
	if everywhere {
		if err := h.endAll(ctx, st.record.UserPool, st.content.Subject, st.record.Key); err != nil {
			return err
		}
	} else if h.revocations != nil {
		if token, err := h.verifier.VerifyAccessToken(ctx, st.content.Access); err == nil && token.OriginTokenID() != "" {
			// A day is the longest life of an access token.
			if err := h.revocations.RevokeSignIn(st.record.UserPool, token.OriginTokenID(), h.now().Add(24*time.Hour)); err != nil {
				return err
			}
		}
	}
	if err := h.store.Delete(ctx, st.record.Key); err != nil {
		return err
	}
	h.revokeToken(ctx, s, st)
	return nil
}

// SignOutEverywhere ends all sessions of a user, and revokes the user's access tokens with
// Config.Revocations. Refresh tokens of sessions in other browsers stay good at the user
// pool, but no cookie opens them any more: use AdminUserGlobalSignOut to revoke them too.
// The error means that some sessions may not have ended. Call it again.
func (h *Handler) SignOutEverywhere(ctx context.Context, userPool, subject string) error {
	return h.endAll(ctx, userPool, subject, Key{})
}

// endAll ends all sessions of a user but one, which the caller ends.
func (h *Handler) endAll(ctx context.Context, userPool, subject string, except Key) error {
	var errs []error
	if h.revocations != nil {
		errs = append(errs, h.revocations.RevokeSubject(userPool, subject, h.now()))
	}
	for _, person := range h.persons(userPool, subject) {
		query := Query{UserPool: userPool, Person: person, Limit: 100}
		for {
			page, err := h.store.List(ctx, query)
			if err != nil {
				errs = append(errs, err)
				break
			}
			for _, record := range page.Records {
				if record.Key != except {
					errs = append(errs, h.store.Delete(ctx, record.Key))
				}
			}
			if query.Cursor = page.Cursor; query.Cursor == "" {
				break
			}
		}
	}
	return errors.Join(errs...)
}

// EndSession ends one session. Without such a session it does nothing.
func (h *Handler) EndSession(ctx context.Context, key Key) error { return h.store.Delete(ctx, key) }

// Sessions returns the sessions of a user, of all hosts and applications, in no order.
// Their Sealed is nil.
func (h *Handler) Sessions(ctx context.Context, userPool, subject string) (sessions []Record, err error) {
	for _, person := range h.persons(userPool, subject) {
		query := Query{UserPool: userPool, Person: person, Limit: 100}
		for {
			page, err := h.store.List(ctx, query)
			if err != nil {
				return nil, err
			}
			now := h.now()
			for _, record := range page.Records {
				if record.Sealed = nil; now.Sub(record.LastSeen) < h.idle {
					sessions = append(sessions, record)
				}
			}
			if query.Cursor = page.Cursor; query.Cursor == "" {
				break
			}
		}
	}
	return sessions, nil
}
