package signin

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/internal/address"
)

// Require returns middleware that accepts requests with a session whose access token meets
// the requirements. [FromContext] returns the session within the handler.
//
// A page without a session, or with a sign-in that is too old or too weak, is redirected to
// the sign-in and back. Every other request gets 401 with the body
// {"error":{"code","message"}}, and 403 if the person lacks a scope or a group. A page is a
// GET or HEAD that accepts text/html and that the browser does not make for a script. If the
// answer is unknown, it is 503 with Retry-After.
//
// A session does not count for requests that pages of other sites cause, except for links to
// a page. So a handler of GET must not change anything. Answers get Cache-Control: no-store
// unless the handler sets it, because the back button must not show them after a sign-out.
func (h *Handler) Require(requirements ...cognito.Requirement) func(http.Handler) http.Handler {
	return h.middleware(requirements, false)
}

// Optional is [Handler.Require] that also accepts requests without a session. The handler
// finds none in the context then.
func (h *Handler) Optional() func(http.Handler) http.Handler { return h.middleware(nil, true) }

func (h *Handler) middleware(requirements []cognito.Requirement, optional bool) func(http.Handler) http.Handler {
	requirements = slices.Clone(requirements)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			header := w.Header()
			header.Set("Cache-Control", "no-store")
			header.Add("Vary", "Cookie")
			session, err := h.Session(r)
			if err == nil && len(requirements) > 0 {
				_, err = h.verifier.VerifyAccessToken(r.Context(), string(session.rawAccess), requirements...)
			}
			if optional && errors.Is(err, ErrSessionMissing) {
				session, err = nil, nil
			}
			if err != nil {
				h.refuse(w, r, err)
				return
			}
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), contextKey{}, session)))
		})
	}
}

// refuse answers a request without a sufficient session.
func (h *Handler) refuse(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Cache-Control", "no-store")
	s := h.siteOf(r)
	var e *cognito.Error
	switch {
	case s == nil:
		h.page(w, r, nil, PageOtherHost)
	case !isPage(r) || !errors.As(err, &e):
		writeError(w, r, err)
	case errors.Is(err, ErrSessionMissing) || tooWeak(err):
		redirect(w, loginPath(r, e))
	case e.Temporary():
		header := w.Header()
		header.Set("Retry-After", "5")
		header.Set("Refresh", "5") // browsers ignore Retry-After
		h.page(w, r, s, PageRetry)
	default:
		h.page(w, r, s, PageForbidden)
	}
}

// isPage reports whether a browser shows the answer as a page.
func isPage(r *http.Request) bool {
	is := func(name, want string) bool {
		values := r.Header[name]
		return len(values) == 0 || len(values) == 1 && values[0] == want
	}
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && len(r.Header["Authorization"]) == 0 &&
		strings.Contains(strings.Join(r.Header["Accept"], ","), "text/html") && is("Sec-Fetch-Mode", "navigate") && is("Sec-Fetch-Dest", "document")
}

// writeError answers a script or another program.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	if !errors.Is(err, ErrSessionMissing) {
		bearer.WriteError(w, r, err, "")
		return
	}
	const body = `{"error":{"code":"session_missing","message":"no session; sign in"}}` + "\n"
	header := w.Header()
	header.Set("WWW-Authenticate", bearer.Challenge(cognito.ErrTokenMissing, "")) // RFC 9110 §11.6.1: each 401 has one
	header.Set("Content-Type", "application/json")
	header.Set("Content-Length", strconv.Itoa(len(body)))
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusUnauthorized)
	if r.Method != http.MethodHead {
		_, _ = w.Write([]byte(body)) // a client that has left does not need it
	}
}

// formTargets returns the origins that the form of the sign-out leads to: browsers apply the
// form-action of a page to redirects as well.
func (s *site) formTargets() (origins []string) {
	for _, raw := range []string{s.app.Client.Domain, s.app.SignOutURL} {
		if u, reason := address.Parse(raw, address.Rules{Path: true, Query: true}); reason == "" {
			origins = append(origins, address.OriginOf(u))
		}
	}
	return origins
}
