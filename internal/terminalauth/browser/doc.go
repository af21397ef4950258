// Package browser signs the user in with a browser: it opens the sign-in page, waits for the
// callback URL, and finishes the sign-in with the first callback URL that belongs to it.
//
// It owns which program opens an address ([Open]) and the race between the browser and the
// user who pastes the callback URL ([SignIn]). It never shows a callback URL, because that
// contains the authorization code. State, nonce and PKCE are checked by
// [github.com/poolguard/poolguard/cognito/oauth], and the page in the browser is that of
// [github.com/poolguard/poolguard/internal/terminalauth/callback].
package browser
