// Package oauth is a client of a Cognito user pool's OAuth endpoints: it signs users
// in with the authorization code grant, refreshes and revokes their tokens, asks
// userInfo, and gets tokens for machines.
//
// Start with [New]. [Client.Start] says where to send the browser, and [Client.Finish]
// makes what it comes back with into verified tokens:
//
//	a, err := client.Start(oauth.StartOptions{})
//	// set a cookie with a.Flow, redirect to a.URL; later, at the redirect URL:
//	tokens, err := client.Finish(ctx, oauth.Flow(cookie.Value), r.URL)
//
// For services without users there is [NewMachineSource], an oauth2.TokenSource.
//
// It owns the exchange with the pool: what is sent, what is believed of the answers,
// and that tokens are those of the sign-in that was begun here. It never decides
// whether a token is good, which is the verifier's; it sets no cookie, keeps no session
// and logs nothing. No error holds a token, a code or a secret.
//
// # A sign-in
//
// State, nonce and PKCE verifier (RFC 7636, S256) are derived from one random seed,
// which travels in the browser's cookie, encrypted with its time of expiry: a [Flow].
// They cannot be mixed with another sign-in's, and nothing is remembered of sign-ins
// that are never finished, so that beginning many costs no memory. A [Ledger] remembers
// those that a code was sent for, so that each is finished once. Whoever has a callback address but
// not the cookie, or the reverse, gets nothing.
//
// # Where x/oauth2 ends
//
// golang.org/x/oauth2 builds the authorization address and the requests to the token
// endpoint, and reads its answers. Around it is done here what it leaves to its users:
// answers are bounded and must be strict JSON, redirects are not followed, requests
// have time-outs, the way of authentication is fixed (trying two would spend the code),
// state and nonce are made and compared, tokens are verified, concurrent refreshes are
// one, machine tokens are renewed early, and errors are a closed set that holds nothing
// of the answer, unlike oauth2.RetrieveError. userInfo, revocation and Cognito's logout
// are not in x/oauth2.
//
// Errors are [*Error]; its [Code] tells what the pool refused ([ErrInvalidGrant]) from
// what was refused here ([ErrStateMismatch]) and from what could not be found out
// ([ErrUnavailable]).
package oauth
