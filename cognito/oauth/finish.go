package oauth

import (
	"context"
	"crypto/subtle"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/cognito"
	"golang.org/x/oauth2"
)

// Finish ends the sign-in that flow began: callback is the address that the browser
// came back to, of which the query is looked at, and flow what its cookie holds. It
// checks state, trades the code for tokens, and returns them only if they are this
// sign-in's: the ID token for this app client, with this nonce and the hash of the
// access token, and both of one user of this pool. With an error, nothing is returned.
//
// A flow is finished once, whatever comes of it; delete the cookie. Only where state
// does not match is the flow left as it was: a page of somebody else must not be able
// to end it.
//
// The error is an [*Error]. Where the user or the pool refused, its code is what the
// pool said, such as [ErrAccessDenied].
func (c *Client) Finish(ctx context.Context, flow Flow, callback *url.URL) (*Tokens, error) {
	if callback == nil {
		return nil, fail(ErrCallbackInvalid, "there is no callback")
	}
	s, refusal := c.open(flow)
	if refusal != nil {
		return nil, refusal
	}
	back, refusal := parseCallback(callback.RawQuery)
	if refusal != nil {
		return nil, refusal
	}
	if subtle.ConstantTimeCompare([]byte(back.state), []byte(s.derive(labelState))) != 1 {
		return nil, fail(ErrStateMismatch, "state is not that of the sign-in under way in this browser")
	}
	if refusal := c.spend(ctx, s); refusal != nil {
		return nil, refusal
	}
	// Before the code is sent: one of another server must not reach this one (RFC 9207 §2.4).
	if back.issuer != "" && !slices.Contains(c.issuers, back.issuer) {
		return nil, fail(ErrIssuerMismatch, "iss in the callback is not the user pool")
	}
	if back.name != "" {
		return nil, refusedBy("the sign-in", back.name, back.description)
	}
	token, refusal := c.app.ask(ctx, "the exchange of the code", func(ctx context.Context) (*oauth2.Token, error) {
		return c.oauth2.Exchange(ctx, back.code, oauth2.VerifierOption(s.derive(labelVerifier)))
	})
	if refusal != nil {
		return nil, refusal
	}
	answer, refusal := readAnswer(token)
	if refusal != nil {
		return nil, refusal
	}
	tokens, refusal := c.judge(ctx, answer, c.needHash, cognito.RequireNonce(s.derive(labelNonce)))
	if refusal != nil {
		return nil, refusal
	}
	tokens.Kept = s.kept
	return tokens, nil
}

// spend makes sure that the flow is finished in its time, and once.
func (c *Client) spend(ctx context.Context, s *signIn) *Error {
	if !c.app.Now().Before(s.expires) {
		return fail(ErrFlowInvalid, "the sign-in took longer than %s; begin again", c.lifetime)
	}
	first, err := c.ledger.Spend(ctx, s.derive(labelID), s.expires)
	switch {
	case err != nil:
		return failed(ErrUnavailable, err, "whether the sign-in was finished before could not be found out; try again")
	case !first:
		return fail(ErrFlowInvalid, "the sign-in was finished before; begin again")
	}
	return nil
}
