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
		return fail(ErrInvalidRequest, "there is no refresh token")
	}
	defer c.refreshes.forget(token) // afterwards: also what was answered until the pool knew
	form := url.Values{"token": {string(token)}, "token_type_hint": {"refresh_token"}}
	if c.app.ClientSecret == "" {
		form.Set("client_id", c.app.ClientID)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.app.endpoint("/oauth2/revoke"), strings.NewReader(form.Encode()))
	if err != nil {
		return fail(ErrInvalidRequest, "the revocation cannot be asked for")
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

// LogoutURL returns where to send a browser to end its session at the pool, which
// would else sign it in again without a question. From there it goes to signOutURL, one
// of the app client's sign-out URLs, character by character. This is Cognito's own
// endpoint and not OpenID Connect's RP-initiated logout, whose parameters it does not
// know: https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
//
// It revokes nothing: see [Client.Revoke]. The error, an [*Error] with
// [ErrInvalidRequest], is for a signOutURL that Cognito cannot have.
func (c *Client) LogoutURL(signOutURL string) (string, error) {
	if refusal := c.made(); refusal != nil {
		return "", refusal
	}
	if reason := checkRedirect(signOutURL); reason != "" { // which may quote it: no message for users
		return "", fail(ErrInvalidRequest, "the sign-out URL is not one that an app client can have")
	}
	return c.app.endpoint("/logout?" + url.Values{"client_id": {c.app.ClientID}, "logout_uri": {signOutURL}}.Encode()), nil
}
