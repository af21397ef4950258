package oauth

import (
	"time"

	"golang.org/x/oauth2"
)

// StartOptions are the parameters of one sign-in, beside the client's scopes. The zero
// value has none.
type StartOptions struct {
	// Keep is returned by Finish. It can be the page that the user wanted to see. It is
	// encrypted in the cookie. At most 1024 bytes.
	Keep string

	// IdentityProvider names the external provider to use directly, without the pool's
	// own page: identity_provider.
	IdentityProvider string

	// Resource is the API to which the access token is bound (RFC 8707). It must be one
	// of the verifier's audiences for the pool.
	Resource string

	// LoginHint is a user name with which the page is filled in: login_hint.
	LoginHint string

	// Language is the language of the page, such as "de": lang.
	Language string

	// Prompt is one or more of none, login, select_account and consent, separated by
	// spaces (OpenID Connect Core §3.1.2.1).
	Prompt string
}

// An Authorization is a sign-in that has started. Store Flow in the user's browser, in a
// cookie that other sites and scripts cannot set or read, and send the browser to URL:
//
//	http.SetCookie(w, &http.Cookie{Name: "__Host-sign-in", Value: string(a.Flow), Path: "/",
//		MaxAge: 900, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
//
// The cookie ties the sign-in to this browser. If the flow is stored in another place, an
// attacker can sign a user in to the attacker's account (login CSRF, RFC 6749 §10.12).
// With the prefix "__Host-", subdomains cannot set the cookie.
type Authorization struct {
	URL  string
	Flow Flow
	// State names the sign-in. The callback has it too. It may be part of the cookie's
	// name, for browsers with several sign-ins at a time.
	State string
	// ExpiresAt is the time from which Finish refuses the flow.
	ExpiresAt time.Time
}

// Start starts a sign-in with a new state, nonce and PKCE challenge (RFC 7636, S256). It
// does no I/O. The error is an [*Error] with [ErrInvalidRequest], for options that are
// too long.
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
