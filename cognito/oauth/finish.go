package oauth

import (
	"context"
	"crypto/subtle"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/cognito"
	"golang.org/x/oauth2"
)

// Finish ends the sign-in that flow began. callback is the address of the request to the
// redirect URL; Finish reads its query. flow is the value of the browser's cookie.
//
// Finish checks state and exchanges the code for tokens. It returns them only if they
// belong to this sign-in: the ID token is for this app client, has this nonce and the hash
// of the access token, and both are of one user of this pool. With an error it returns
// nothing.
//
// At most one code is sent for a flow, also if the exchange fails. A callback for which no
// code is sent does not change the flow: the page of an attacker must not be able to end
// it, and a callback without a request must cost the [Ledger] no memory. Delete the cookie
// in any case.
//
// The error is an [*Error]. If the user or the pool rejected the sign-in, its code is that
// of the pool's answer, such as [ErrAccessDenied].
func (c *Client) Finish(ctx context.Context, flow Flow, callback *url.URL) (*Tokens, error) {
	if refusal := c.made(); refusal != nil {
		return nil, refusal
	}
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
		return nil, fail(ErrStateMismatch, "state does not belong to the sign-in of this browser; begin again")
	}
	if refusal := c.inTime(s); refusal != nil {
		return nil, refusal
	}
	// Before the code is sent: one of another server must not reach this one (RFC 9207 §2.4).
	if back.issuer != "" && !slices.Contains(c.issuers, back.issuer) {
		return nil, fail(ErrIssuerMismatch, "iss in the callback is not the user pool")
	}
	if back.name != "" {
		return nil, refusedBy("the sign-in", back.name, back.description)
	}
	if refusal := c.spend(ctx, s); refusal != nil {
		return nil, refusal
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
	tokens, refusal := c.checkTokens(ctx, answer, c.needHash, cognito.RequireNonce(s.derive(labelNonce)))
	if refusal != nil {
		return nil, refusal
	}
	tokens.Kept = s.kept
	return tokens, nil
}

// inTime refuses a flow that has expired. It also refuses a flow that is valid for longer
// than a new one: the clock was set back, or the lifetime of flows was shortened.
func (c *Client) inTime(s *signIn) *Error {
	now := c.app.Now()
	if !now.Before(s.expires) || s.expires.After(now.Add(c.lifetime+clockSkew)) {
		return fail(ErrFlowInvalid, "the sign-in took longer than %s; begin again", c.lifetime)
	}
	return nil
}

// spend makes sure that the flow is finished once. A shared ledger has a clock of its
// own. It must not forget the flow before the flow expires here.
func (c *Client) spend(ctx context.Context, s *signIn) *Error {
	within, cancel := c.within(ctx)
	defer cancel()
	first, err := c.ledger.Spend(within, s.derive(labelID), s.expires.Add(clockSkew))
	switch {
	case err != nil:
		return failed(ErrUnavailable, causeOf(ctx, err), "the ledger did not report whether the sign-in was already finished; try again")
	case !first:
		return fail(ErrFlowInvalid, "the sign-in was finished before; begin again")
	}
	return nil
}
