package authserver

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// Against login CSRF (signing a victim in as the attacker) a form carries a MAC
// of a random cookie: another site can neither read nor make it. The names are
// those of Cognito's pages, for scripts that fill them in.
const (
	formCookie = "XSRF-TOKEN"
	formField  = "_csrf"
)

// formToken returns the hidden value for a form and sees to its cookie. A cookie
// that the browser has already is kept, so that forms in two tabs both work.
func (s *Server) formToken(w http.ResponseWriter, r *http.Request) string {
	name := s.cookieName(formCookie)
	if cookie, err := r.Cookie(name); err == nil && len(cookie.Value) == 43 {
		return s.formMAC(cookie.Value)
	}
	value := s.random.Text(32)
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure follows the public URL: a local pool may be plain http
		Name:     name,
		Value:    value,
		Path:     "/",
		HttpOnly: true,
		Secure:   s.secure(),
		SameSite: http.SameSiteLaxMode,
	})
	return s.formMAC(value)
}

// formAuthentic says whether a parsed form was served to this browser.
func (s *Server) formAuthentic(r *http.Request) bool {
	// Where the browser says that another site or another port sends the form,
	// no token counts. Origin would not do: with Referrer-Policy: no-referrer it
	// is "null" even for our own form.
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return false
	}
	cookie, err := r.Cookie(s.cookieName(formCookie))
	if err != nil || len(r.PostForm[formField]) != 1 {
		return false
	}
	return hmac.Equal([]byte(r.PostForm.Get(formField)), []byte(s.formMAC(cookie.Value)))
}

func (s *Server) formMAC(cookie string) string {
	mac := hmac.New(sha256.New, s.formKey)
	mac.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
