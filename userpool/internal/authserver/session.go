package authserver

import (
	"errors"
	"net/http"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
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

func (s *Server) sessionCookie(poolID, value string, maxAge int) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure follows the public URL: a local pool may be plain http
		Name:     s.cookieName("cognito-" + poolID),
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		HttpOnly: true,
		Secure:   s.secure(),
		SameSite: http.SameSiteLaxMode,
	}
}

// startSession signs the browser in with a new random cookie. A cookie that an attacker set
// before has no effect.
func (s *Server) startSession(w http.ResponseWriter, r *http.Request, u directory.User, methods []string) (directory.Session, error) {
	now := s.now()
	signedIn := directory.Session{
		PoolID: u.PoolID, Username: u.Username, Sub: u.Sub, AuthTime: now,
		Methods: methods, Level: authflow.Level(methods),
		ExpiresAt: now.Add(sessionValidity),
	}
	value := s.random.Text(32)
	err := s.store.Update(r.Context(), func(tx store.Tx) error {
		if err := directory.Sweep(tx, now); err != nil {
			return err
		}
		if old, ok := s.sessionValue(r, u.PoolID); ok {
			if err := directory.DeleteSession(tx, old); err != nil {
				return err
			}
		}
		return directory.PutSession(tx, value, signedIn)
	})
	if err != nil {
		return directory.Session{}, err
	}
	http.SetCookie(w, s.sessionCookie(u.PoolID, value, int(sessionValidity/time.Second)))
	return signedIn, nil
}

func (s *Server) sessionValue(r *http.Request, poolID string) (string, bool) {
	cookie, err := r.Cookie(s.sessionCookie(poolID, "", 0).Name)
	if err != nil {
		return "", false
	}
	return cookie.Value, true
}

// currentSession returns the browser's session in a pool, if it has a live one and
// its user may still come in.
func (s *Server) currentSession(r *http.Request, pool directory.Pool) (found directory.Session, ok bool, err error) {
	value, ok := s.sessionValue(r, pool.ID)
	if !ok {
		return found, false, nil
	}
	var u directory.User
	err = s.store.View(r.Context(), func(tx store.Tx) error {
		var err error
		if found, err = directory.GetSession(tx, value); err != nil {
			return err
		}
		u, err = directory.GetUser(tx, pool, found.Username)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return found, false, nil
	}
	ok = err == nil && found.PoolID == pool.ID && s.now().Before(found.ExpiresAt) &&
		u.Sub == found.Sub && !u.Disabled
	return found, ok, err
}

// dropSession forgets the browser's session in a pool on this side.
func (s *Server) dropSession(r *http.Request, poolID string) error {
	value, ok := s.sessionValue(r, poolID)
	if !ok {
		return nil
	}
	return s.store.Update(r.Context(), func(tx store.Tx) error { return directory.DeleteSession(tx, value) })
}
