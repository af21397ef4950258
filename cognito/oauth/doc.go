// Package oauth is a client of a Cognito user pool's OAuth endpoints. It signs users in
// with the authorization code grant, refreshes and revokes their tokens, reads userInfo,
// and gets tokens for machines.
//
// Start with [New]. [Client.Start] returns the address to send the browser to.
// [Client.Finish] takes the address of the callback and returns verified tokens:
//
//	a, err := client.Start(oauth.StartOptions{})
//	// set a cookie with a.Flow, redirect to a.URL; later, at the redirect URL:
//	tokens, err := client.Finish(ctx, oauth.Flow(cookie.Value), r.URL)
//
// For services without users there is [NewClientCredentialsSource], an oauth2.TokenSource.
//
// It owns the exchange with the pool: the requests, the checks of the answers, and the
// check that tokens belong to the sign-in that began here. The verifier decides whether a
// token is good. The package sets no cookie, keeps no session and logs nothing. No error
// has a token, a code or a secret in it.
//
// # A sign-in
//
// State, nonce and PKCE verifier (RFC 7636, S256) are derived from one random seed,
// which travels in the browser's cookie, encrypted with its time of expiry: a [Flow].
// They cannot be mixed with those of another sign-in. A sign-in that is never finished
// costs no memory. A [Ledger] records the sign-ins that a code was sent for, so each is
// finished only once. An attacker who has the callback address and not the cookie, or the
// reverse, gets nothing.
//
// # Where x/oauth2 ends
//
// golang.org/x/oauth2 builds the authorization address and the requests to the token
// endpoint, and reads the answers. This package does the work that x/oauth2 leaves to its
// users:
//
//   - Answers are bounded and must be strict JSON. Redirects are not followed. Requests
//     have time-outs.
//   - The method of client authentication is fixed, because a second attempt would use
//     the code again.
//   - State and nonce are made and compared, and tokens are verified.
//   - Concurrent refreshes share one request. Machine tokens are renewed early.
//   - Errors are a closed set without data of the answer, unlike oauth2.RetrieveError.
//
// userInfo, revocation and Cognito's logout are not in x/oauth2.
//
// Errors are [*Error]. Its [Code] shows the source: the pool rejected the request
// ([ErrInvalidGrant]), this package did ([ErrStateMismatch]), or the pool gave no answer
// ([ErrUnavailable]).
package oauth
