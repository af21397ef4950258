package answer

import (
	"net/http"
	"strconv"

	"github.com/poolguard/poolguard/gateway/internal/authz"
	"github.com/poolguard/poolguard/gateway/internal/identity"
)

var noStore = []string{"no-store"}

// Allow writes the answer to an allowed request: every identity header, and the token that
// the rule passes on.
func Allow(w http.ResponseWriter, status int, headers *identity.Headers, d *authz.Decision) {
	caller := identity.Of(d)
	header := w.Header()
	headers.Set(header, &caller)
	if value := Authorization(d); value != "" {
		header["Authorization"] = []string{value}
	}
	header["Cache-Control"] = noStore
	w.WriteHeader(status)
}

// Authorization returns the Authorization header for the service, "" where the rule passes
// nothing on: then the header of the client stays.
func Authorization(d *authz.Decision) string {
	if !d.Allowed || d.AccessToken == "" || d.PassTo != authz.PassAuthorization {
		return ""
	}
	return "Bearer " + string(d.AccessToken)
}

// Write writes the answer to a denied request, with the status that the proxy understands.
func (d *Denial) Write(w http.ResponseWriter, r *http.Request, status int) {
	body := d.Body()
	d.SetHeader(w.Header())
	w.Header()["Content-Length"] = []string{strconv.Itoa(len(body))}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
