package oauth

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// Revoke has the pool revoke a refresh token, with all access tokens that came of the
// same sign-in (RFC 7009,
// https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html).
// One that the pool does not know is no error. Access and ID tokens that were issued
// verify offline until they expire: see package cognito.
//
// The error is an [*Error].
func (c *Client) Revoke(ctx context.Context, token RefreshToken) error {
	if refusal := c.made(); refusal != nil {
		return refusal
	}
	if token == "" {
		return fail(ErrInvalidRequest, "the refresh token is empty")
	}
	defer c.refreshes.forget(token) // afterwards: also what was answered until the pool knew
	form := url.Values{"token": {string(token)}, "token_type_hint": {"refresh_token"}}
	if c.app.ClientSecret == "" {
		form.Set("client_id", c.app.ClientID)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.app.endpoint("/oauth2/revoke"), strings.NewReader(form.Encode()))
	if err != nil {
		return fail(ErrInvalidRequest, "the request for the revocation cannot be made")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.app.ClientSecret != "" { // RFC 6749 §2.3.1: each encoded as in a form
		r.SetBasicAuth(url.QueryEscape(c.app.ClientID), url.QueryEscape(string(c.app.ClientSecret)))
	}
	if _, refusal := c.app.do(ctx, "the revocation", r); refusal != nil {
		return refusal
	}
	return nil
}

// LogoutURL returns the address that ends the browser's session at the pool. Without it,
// the pool would sign the browser in again without a question. The pool then redirects
// the browser to signOutURL, one of the app client's sign-out URLs, character by
// character. This is Cognito's own endpoint and not OpenID Connect's RP-initiated logout,
// whose parameters it does not support:
// https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
//
// It revokes no token: see [Client.Revoke]. The error, an [*Error] with
// [ErrInvalidRequest], is for a signOutURL that is not valid for an app client.
func (c *Client) LogoutURL(signOutURL string) (string, error) {
	if refusal := c.made(); refusal != nil {
		return "", refusal
	}
	if reason := checkRedirect(signOutURL); reason != "" { // which may quote it: no message for users
		return "", fail(ErrInvalidRequest, "the sign-out URL is not valid for an app client")
	}
	return c.app.endpoint("/logout?" + url.Values{"client_id": {c.app.ClientID}, "logout_uri": {signOutURL}}.Encode()), nil
}
