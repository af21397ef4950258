package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
)

// CSRFField is the name of the hidden field that has a form's token.
const CSRFField = "csrf"

// leastKey is the length of a key of HMAC-SHA-256, in bytes.
const leastKey = 32

// A CSRF protects the forms of a server against requests that other sites make (OWASP:
// signed double-submit cookie). A form carries a MAC of a random cookie. Another site
// can neither read that cookie nor make the MAC. It is safe for concurrent use. Make it
// with [NewCSRF].
//
// http.CrossOriginProtection needs no cookie, but it does not fit these pages. Browsers
// send no Sec-Fetch-Site to plain http under a name other than localhost, which is how
// a local pool serves several machines. Origin is "null" there, since the pages have
// Referrer-Policy: no-referrer. It would reject the page's own form.
type CSRF struct {
	cookie string
	key    []byte
}

// NewCSRF returns the protection that uses a cookie of that name. key authenticates the
// tokens: 32 bytes or more, the same in all processes that serve the same forms. nil
// means a random key of this process; a restart then ends the forms that are open.
func NewCSRF(cookie string, key []byte) (*CSRF, error) {
	var faults []error
	if (&http.Cookie{Name: cookie}).Valid() != nil { //nolint:gosec // it checks the name and is never sent
		faults = append(faults, fmt.Errorf("web: the cookie of NewCSRF has no valid name: got %q", cookie))
	}
	switch {
	case key == nil:
		key = make([]byte, leastKey)
		_, _ = rand.Read(key) // it never fails
	case len(key) < leastKey:
		faults = append(faults, fmt.Errorf("web: the key of NewCSRF is too short: got %d bytes, want %d or more", len(key), leastKey))
	}
	return &CSRF{cookie: cookie, key: key}, errors.Join(faults...)
}

// Token returns the value of the field [CSRFField] for a form that answers r, and sets
// the cookie where the browser has none. Call it before the first byte of the answer.
// A cookie that the browser already has is kept, so that forms in two tabs both work.
func (c *CSRF) Token(w http.ResponseWriter, r *http.Request) string {
	value := rand.Text()
	if cookie, err := r.Cookie(c.cookie); err == nil && len(cookie.Value) == len(value) {
		return c.mac(cookie.Value)
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure follows the connection: a local pool may be plain http
		Name:     c.cookie,
		Value:    value,
		Path:     "/",
		HttpOnly: true,
		Secure:   r.TLS != nil,
		SameSite: http.SameSiteLaxMode,
	})
	return c.mac(value)
}

// Valid reports whether the form of r, which must be parsed, is one that this server
// served to this browser. It does not accept a form that has the field twice, nor one
// for which [FromOtherSite] is true.
func (c *CSRF) Valid(r *http.Request) bool {
	cookie, err := r.Cookie(c.cookie)
	if err != nil || len(r.PostForm[CSRFField]) != 1 || FromOtherSite(r) {
		return false
	}
	return hmac.Equal([]byte(r.PostForm.Get(CSRFField)), []byte(c.mac(cookie.Value)))
}

func (c *CSRF) mac(cookie string) string {
	mac := hmac.New(sha256.New, c.key)
	mac.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// FromOtherSite reports whether the browser says that a page of another site, or of
// another port of this one, makes the request. It is false for browsers that do not say.
// https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
func FromOtherSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return true
}
