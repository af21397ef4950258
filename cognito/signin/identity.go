package signin

import (
	"net/http"
	"time"

	"github.com/go-json-experiment/json"
)

// identity is the answer of /_auth/me. It has no token and no claim that the list does not
// name.
type identity struct {
	Subject    string    `json:"subject"`
	Username   string    `json:"username"`
	Email      string    `json:"email"` // "" unless the user pool has verified it
	Groups     []string  `json:"groups"`
	Scopes     []string  `json:"scopes"`
	UserPool   string    `json:"user_pool"`
	ClientID   string    `json:"client_id"`
	SignedInAt time.Time `json:"signed_in_at"`
	ExpiresAt  time.Time `json:"expires_at"` // of the session
}

// me answers with the identity. It is for scripts of the application that ask from time to
// time, so it does not count as a use of the session.
func (h *Handler) me(w http.ResponseWriter, r *http.Request, s *site) {
	session, err := h.session(r, s, false)
	if err != nil {
		writeError(w, r, err)
		return
	}
	writeIdentity(w, session)
}

// refresh renews the tokens, unless that was done in the last 30 seconds.
func (h *Handler) refresh(w http.ResponseWriter, r *http.Request, s *site) {
	session, err := h.session(r, s, true)
	if err == nil && h.now().Sub(session.newestFrom) >= refreshForce {
		session, err = h.forceRefresh(r, s)
	}
	if err != nil {
		writeError(w, r, err)
		return
	}
	writeIdentity(w, session)
}

func (h *Handler) forceRefresh(r *http.Request, s *site) (*Session, error) {
	ctx := r.Context()
	id, _ := s.sessionID(r) // the caller found the session by it
	st, err := h.load(ctx, s, id)
	if err != nil {
		return nil, err
	}
	if wait := h.paused(h.now(), s, st.record.Key); wait > 0 {
		return nil, unavailable(nil, "the user pool does not answer; try again", wait)
	}
	if st, err = h.await(ctx, h.join(ctx, s, st, true)); err != nil {
		return nil, err
	}
	return h.verify(ctx, st)
}

func writeIdentity(w http.ResponseWriter, session *Session) {
	email := ""
	if session.id.EmailVerified() {
		email = session.id.Email()
	}
	groups, scopes := session.access.Groups().Slice(), session.access.Scopes().Slice()
	body, err := json.Marshal(identity{
		Subject: session.access.Subject(), Username: session.access.Username(), Email: email,
		Groups: groups, Scopes: scopes, UserPool: session.access.UserPoolID(), ClientID: session.access.ClientID(),
		SignedInAt: session.createdAt, ExpiresAt: session.expiresAt,
	})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(body, '\n')) // a client that has left does not need it
}
