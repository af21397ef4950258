package inspector

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
)

// A form carries a MAC of a random cookie, which another site can neither read nor
// make, as the sign-in form of the user pool does.
//
// http.CrossOriginProtection would need no cookie, but would refuse the page's own
// form where it is served by plain http under another name than localhost, as a pool
// for several machines is: there browsers send no Sec-Fetch-Site, and Origin is
// "null", for the page has Referrer-Policy: no-referrer.
const (
	formCookie = "poolguard-inspector"
	formField  = "form"
)

// formToken returns the hidden value for a form and sees to its cookie. A cookie that
// the browser has already is kept, so that forms in two tabs both work.
func (p *Page) formToken(w http.ResponseWriter, r *http.Request) string {
	value := rand.Text()
	if cookie, err := r.Cookie(formCookie); err == nil && len(cookie.Value) == len(value) {
		return p.formMAC(cookie.Value)
	}
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure follows the connection: a local pool may be plain http
		Name:     formCookie,
		Value:    value,
		Path:     "/",
		HttpOnly: true,
		Secure:   r.TLS != nil,
		SameSite: http.SameSiteLaxMode,
	})
	return p.formMAC(value)
}

// fromElsewhere reports whether the browser says that another site, or another port
// of this one, sends the request: no form counts then, whatever it holds.
func fromElsewhere(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return false
	}
	return true
}

// formAuthentic says whether a parsed form was served to this browser.
func (p *Page) formAuthentic(r *http.Request) bool {
	cookie, err := r.Cookie(formCookie)
	if err != nil || len(r.PostForm[formField]) != 1 {
		return false
	}
	return hmac.Equal([]byte(r.PostForm.Get(formField)), []byte(p.formMAC(cookie.Value)))
}

func (p *Page) formMAC(cookie string) string {
	mac := hmac.New(sha256.New, p.formKey)
	mac.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
