package userpool

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// sessionValidity is the life of Cognito's login cookie, counted from the
// password, not from the last use.
const sessionValidity = time.Hour

// cookieName names a cookie of a pool. One browser may be signed in to several
// pools of a server. Over https the prefix keeps other hosts of the same domain
// from planting it (RFC 6265bis §4.1.3.2).
func (s *Server) cookieName(name string) string {
	if s.secure() {
		return "__Host-" + name
	}
	return name
}

func (s *Server) secure() bool { return strings.HasPrefix(s.publicURL, "https://") }

func (s *Server) sessionCookie(p *pool, value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure follows the public URL: a local pool may be plain http
		Name:     s.cookieName("cognito-" + p.id),
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		HttpOnly: true,
		Secure:   s.secure(),
		SameSite: http.SameSiteLaxMode,
	}
}

// startSession signs the browser in under a name that nobody knew before, so
// that a planted cookie gains nothing.
func (s *Server) startSession(w http.ResponseWriter, r *http.Request, p *pool, a account) (session, error) {
	now := s.now()
	signedIn := session{
		PoolID:    p.id,
		Username:  a.Username,
		Sub:       a.Sub,
		AuthTime:  now,
		ExpiresAt: now.Add(sessionValidity),
	}
	value := s.random.text(32)
	if err := s.store.PutSession(r.Context(), digestOf(value), signedIn); err != nil {
		return session{}, err
	}
	if err := s.dropSession(r, p); err != nil {
		return session{}, err
	}
	http.SetCookie(w, s.sessionCookie(p, value, int(sessionValidity/time.Second)))
	return signedIn, nil
}

// currentSession returns the browser's session in p, if it has a live one and
// its account still exists.
func (s *Server) currentSession(r *http.Request, p *pool) (session, bool, error) {
	cookie, err := r.Cookie(s.sessionCookie(p, "", 0).Name)
	if err != nil {
		return session{}, false, nil //nolint:nilerr // no cookie is no failure
	}
	found, err := s.store.Session(r.Context(), digestOf(cookie.Value))
	switch {
	case errors.Is(err, errNotFound):
		return session{}, false, nil
	case err != nil:
		return session{}, false, err
	case found.PoolID != p.id || !s.now().Before(found.ExpiresAt):
		return session{}, false, nil
	}
	_, err = s.accountOf(r.Context(), p.id, found.Username, found.Sub)
	if errors.Is(err, errNotFound) {
		return session{}, false, nil
	}
	return found, err == nil, err
}

// dropSession forgets the browser's session in p on this side.
func (s *Server) dropSession(r *http.Request, p *pool) error {
	cookie, err := r.Cookie(s.sessionCookie(p, "", 0).Name)
	if err != nil {
		return nil //nolint:nilerr // no cookie, nothing to forget
	}
	return s.store.DeleteSession(r.Context(), digestOf(cookie.Value))
}
