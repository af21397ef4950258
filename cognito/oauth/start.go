package oauth

import (
	"time"

	"golang.org/x/oauth2"
)

// StartOptions are what a sign-in may ask for beside the client's scopes. The zero
// value asks for nothing.
type StartOptions struct {
	// Keep is returned by Finish, for example the page that the user wanted to see. It is
	// encrypted in the cookie. At most 1024 bytes.
	Keep string

	// IdentityProvider names the external provider to go to at once, without the
	// pool's own page: identity_provider.
	IdentityProvider string

	// Resource is the API that the access token is to be bound to (RFC 8707). It must
	// be among the verifier's audiences for the pool.
	Resource string

	// LoginHint is a user name, to be filled in on the page: login_hint.
	LoginHint string

	// Language is that of the page, such as "de": lang.
	Language string

	// Prompt is one or more of none, login, select_account and consent, with spaces
	// between (OpenID Connect Core §3.1.2.1).
	Prompt string
}

// An Authorization is a sign-in that begins. Keep Flow in the user's browser, in a
// cookie that no other site and no script can set or read, and send the browser to
// URL:
//
//	http.SetCookie(w, &http.Cookie{Name: "__Host-sign-in", Value: string(a.Flow), Path: "/",
//		MaxAge: 900, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
//
// The cookie is what ties the sign-in to this browser: a flow that is kept anywhere
// else lets a stranger have a user sign in to the stranger's account (login CSRF,
// RFC 6749 §10.12). The prefix "__Host-" keeps subdomains from setting it.
type Authorization struct {
	URL  string
	Flow Flow
	// State names the sign-in: the callback will have it too. It may be part of the
	// cookie's name, where a browser may have several under way.
	State string
	// ExpiresAt is when Finish will refuse the flow.
	ExpiresAt time.Time
}

// Start begins a sign-in: with a state, a nonce and a PKCE challenge (RFC 7636, S256)
// of its own. It does no I/O. The error, an [*Error] with [ErrInvalidRequest], is for
// options that are too long.
func (c *Client) Start(options StartOptions) (*Authorization, error) {
	if refusal := c.made(); refusal != nil {
		return nil, refusal
	}
	s := newSignIn(c.app.Now().Add(c.lifetime), options.Keep)
	extra := []oauth2.AuthCodeOption{
		oauth2.S256ChallengeOption(s.derive(labelVerifier)),
		oauth2.SetAuthURLParam("nonce", s.derive(labelNonce)),
	}
	arguments := []struct{ field, name, value string }{
		{"Keep", "", options.Keep},
		{"IdentityProvider", "identity_provider", options.IdentityProvider},
		{"Resource", "resource", options.Resource},
		{"LoginHint", "login_hint", options.LoginHint},
		{"Language", "lang", options.Language},
		{"Prompt", "prompt", options.Prompt},
	}
	for _, a := range arguments {
		if len(a.value) > longestArgument {
			return nil, fail(ErrInvalidRequest, "StartOptions.%s is longer than %d bytes", a.field, longestArgument)
		}
		if a.value != "" && a.name != "" {
			extra = append(extra, oauth2.SetAuthURLParam(a.name, a.value))
		}
	}
	state := s.derive(labelState)
	return &Authorization{URL: c.oauth2.AuthCodeURL(state, extra...), Flow: c.seal(s), State: state, ExpiresAt: s.expires}, nil
}
