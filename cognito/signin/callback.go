package signin

import (
	"context"
	"errors"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// callback ends a sign-in: it exchanges the code, starts the session and returns to the
// page.
func (h *Handler) callback(w http.ResponseWriter, r *http.Request, s *site) {
	ctx := r.Context()
	tokens, used, err := h.finish(r, s)
	if err != nil {
		h.callbackFailed(w, r, s, used, err)
		return
	}
	var keep kept
	if err := json.Unmarshal([]byte(tokens.Kept), &keep); err != nil {
		h.page(w, r, s, PageNoFlow) // sealed by another version of this package
		return
	}
	if requirements := keep.requirements(); len(requirements) > 0 {
		if _, err := h.verifier.VerifyAccessToken(ctx, string(tokens.RawAccess), requirements...); err != nil {
			s.clearFlows(w, r)
			if !tooWeak(err) { // the answer is unknown
				h.warn(ctx, "callback", "a sign-in could not be checked", err)
				h.page(w, r, s, PageUnavailable)
				return
			}
			h.page(w, r, s, PageTooWeak)
			return
		}
	}
	former, hasFormer := s.sessionID(r)
	st, err := h.create(ctx, s, tokens)
	if err != nil {
		h.warn(ctx, "create", "the store did not take a new session", err)
		http.SetCookie(w, s.cookie(used, ""))
		h.page(w, r, s, PageUnavailable)
		return
	}
	if hasFormer {
		h.endFormer(ctx, former.Key())
	}
	s.clearFlows(w, r)
	s.setSession(w, st.id.Text())
	redirect(w, s.places.Clean(keep.ReturnTo)) // again: the list may have changed since the start
}

// finish finds the sign-in of the callback among those under way in the browser: the one
// with its state. used is the name of its cookie.
func (h *Handler) finish(r *http.Request, s *site) (tokens *oauth.Tokens, used string, err error) {
	err = errNoFlow
	for _, f := range s.flows(r) {
		tokens, this := s.client.Finish(r.Context(), f.flow, r.URL)
		switch {
		case this == nil:
			return tokens, f.name, nil
		case errors.Is(this, oauth.ErrCallbackInvalid), errors.Is(this, oauth.ErrStateMismatch), errors.Is(this, oauth.ErrFlowInvalid):
			if errors.Is(err, errNoFlow) || errors.Is(this, oauth.ErrFlowInvalid) {
				err = this
			}
		default: // the state was that of this flow
			return nil, f.name, this
		}
	}
	return nil, "", err
}

// errNoFlow: the browser has no cookie of a sign-in. It may be late, or cookies are off.
var errNoFlow = errors.New("signin: the browser has no sign-in under way")

// callbackFailed answers a callback that started no session.
func (h *Handler) callbackFailed(w http.ResponseWriter, r *http.Request, s *site, used string, err error) {
	if used != "" {
		http.SetCookie(w, s.cookie(used, "")) // its code was sent, so it cannot be used again
	}
	if used == "" {
		// Late, repeated or forged. It never starts a session. A person who is signed in
		// goes on.
		if _, err := h.session(r, s, true); err == nil {
			redirect(w, s.app.ExternalURL)
			return
		}
		if errors.Is(err, errNoFlow) {
			h.page(w, r, s, PageNoFlow)
			return
		}
		h.page(w, r, s, PageOtherFlow)
		return
	}
	var e *oauth.Error
	switch {
	case errors.Is(err, oauth.ErrAccessDenied), errors.Is(err, oauth.ErrLoginRequired):
		h.page(w, r, s, PageDenied)
	case errors.As(err, &e) && e.Temporary():
		h.warn(r.Context(), "callback", "a sign-in could not be finished", err)
		h.page(w, r, s, PageUnavailable)
	default:
		h.warn(r.Context(), "callback", "a sign-in was refused", err)
		h.page(w, r, s, PageFailed)
	}
}

// endFormer ends the session that the browser had before a sign-in.
func (h *Handler) endFormer(ctx context.Context, key Key) {
	if err := h.store.Delete(context.WithoutCancel(ctx), key); err != nil {
		h.warn(ctx, "delete", "the store did not delete the former session of a browser", err)
	}
}

// tooWeak reports whether a sign-in, again or stronger, would help against a refusal.
func tooWeak(err error) bool {
	return errors.Is(err, cognito.ErrAuthenticationTooWeak) || errors.Is(err, cognito.ErrAuthenticationTooOld)
}
