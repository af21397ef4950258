package signin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
)

// ErrSessionMissing means that the request has no session, or one that has ended, or one
// that does not count because a page of another site caused the request.
const ErrSessionMissing cognito.Code = "session_missing"

// A Session is a person who is signed in, as one request found it. Its tokens are verified.
// It is immutable.
type Session struct {
	key        Key
	host       string
	createdAt  time.Time
	expiresAt  time.Time
	access     *cognito.AccessToken
	id         *cognito.IDToken
	rawAccess  oauth.Secret
	newestFrom time.Time // of the tokens
}

// Key returns the name of the session in the store, for [Handler.EndSession] and for logs.
func (s *Session) Key() Key { return s.key }

// Host returns the host of the sign-in.
func (s *Session) Host() string { return s.host }

// SignedInAt returns the time of the sign-in here. The time at which the user pool asked for
// the password can be earlier: see IDToken().AuthTime.
func (s *Session) SignedInAt() time.Time { return s.createdAt }

// ExpiresAt returns the time when the session ends in any case.
func (s *Session) ExpiresAt() time.Time { return s.expiresAt }

// AccessToken returns the access token. It is never nil. Scopes and groups are in it.
func (s *Session) AccessToken() *cognito.AccessToken { return s.access }

// IDToken returns the ID token, of the same user. It is never nil. The e-mail address is in
// it.
func (s *Session) IDToken() *cognito.IDToken { return s.id }

// RawAccessToken returns the text of the access token, for calls of other services as the
// user. Do not send it to the browser.
func (s *Session) RawAccessToken() oauth.Secret { return s.rawAccess }

// Format writes the key of the session and the subject, never a token.
func (s *Session) Format(f fmt.State, _ rune) {
	if s == nil || s.access == nil {
		_, _ = io.WriteString(f, "no signin.Session")
		return
	}
	_, _ = fmt.Fprintf(f, "session %s of %s", s.key, s.access.Subject())
}

// LogValue implements slog.LogValuer.
func (s *Session) LogValue() slog.Value { return slog.StringValue(fmt.Sprint(s)) }

// contextKey is the key of the *Session in the context of a request. No other package can
// make one.
type contextKey struct{}

// FromContext returns the session of the request that ctx belongs to, and whether there is
// one. There is one within [Handler.Require] always.
func FromContext(ctx context.Context) (*Session, bool) {
	s, _ := ctx.Value(contextKey{}).(*Session)
	return s, s != nil
}

// AccessToken returns the access token of the session in ctx, and whether there is one.
func AccessToken(ctx context.Context) (*cognito.AccessToken, bool) {
	if s, ok := FromContext(ctx); ok {
		return s.access, true
	}
	return nil, false
}

// IDToken is [AccessToken] for the ID token.
func IDToken(ctx context.Context) (*cognito.IDToken, bool) {
	if s, ok := FromContext(ctx); ok {
		return s.id, true
	}
	return nil, false
}

func missing(detail string) error {
	return cognito.NewError(ErrSessionMissing, "no session; sign in").WithDetail(detail)
}

func unavailable(cause error, message string, retryAfter time.Duration) error {
	return cognito.NewError(cognito.ErrCheckUnavailable, message).WithCause(cause).WithRetryAfter(max(retryAfter, time.Second))
}

// Session returns the session of a request, for programs that decide by themselves. It
// renews tokens that expire soon in the background, and waits for new ones if they have
// expired. The error is a [*cognito.Error]: [ErrSessionMissing], or
// cognito.ErrCheckUnavailable or cognito.ErrKeysUnavailable if the answer is unknown.
func (h *Handler) Session(r *http.Request) (*Session, error) {
	s := h.siteOf(r)
	if s == nil {
		return nil, missing("the host of the request belongs to no application")
	}
	return h.session(r, s, true)
}

// session returns the session of a request. If use is set, the request counts as a use of
// the session.
func (h *Handler) session(r *http.Request, s *site, use bool) (*Session, error) {
	id, ok := s.sessionID(r)
	switch {
	case !ok:
		return nil, missing("there is not exactly one session cookie")
	case !s.counts(r):
		return nil, missing("the session does not count because a page of another site caused the request")
	}
	ctx := r.Context()
	st, err := h.load(ctx, s, id)
	if err != nil {
		return nil, err
	}
	if st, err = h.fresh(ctx, s, st); err != nil {
		return nil, err
	}
	session, err := h.verify(ctx, st)
	if err != nil {
		return nil, err
	}
	if now := h.now(); use && now.Sub(st.record.LastSeen) >= min(time.Minute, h.idle/10) {
		if err := h.store.Touch(ctx, st.record.Key, now.UTC().Truncate(time.Millisecond)); err != nil && !errors.Is(err, ErrNotFound) {
			h.warn(ctx, "touch", "the store did not take the time of a request", err)
		}
	}
	return session, nil
}

// verify verifies the tokens of a session, at each request: they may be revoked. The cache
// of the verifier makes it cheap.
func (h *Handler) verify(ctx context.Context, st *state) (*Session, error) {
	access, err := h.verifier.VerifyAccessToken(ctx, st.content.Access)
	var id *cognito.IDToken
	if err == nil {
		id, err = h.verifier.VerifyIDToken(ctx, st.content.ID)
	}
	var e *cognito.Error
	switch {
	case err == nil:
	case errors.As(err, &e) && e.Temporary():
		return nil, err
	case errors.Is(err, cognito.ErrTokenExpired):
		return nil, unavailable(err, "the session has no current tokens; try again", time.Second)
	case errors.Is(err, cognito.ErrTokenRevoked):
		h.end(ctx, st)
		return nil, missing("the tokens of the session are revoked")
	default: // an app client that is no longer trusted, or another configuration
		return nil, missing("the tokens of the session are refused: " + err.Error())
	}
	return &Session{
		key: st.record.Key, host: st.record.Host, createdAt: st.record.CreatedAt, expiresAt: st.record.ExpiresAt,
		access: access, id: id, rawAccess: oauth.Secret(st.content.Access), newestFrom: st.content.From,
	}, nil
}

// end deletes a session that must not be used again.
func (h *Handler) end(ctx context.Context, st *state) {
	if err := h.store.Delete(context.WithoutCancel(ctx), st.record.Key); err != nil {
		h.warn(ctx, "delete", "the store did not delete a session that has ended", err)
	}
}
