// Package signin signs people in to net/http programs with a Cognito user pool, and keeps
// their sessions on the server.
//
// Start with [New]. It returns a [Handler] for the paths below /_auth/, whose middleware
// protects pages:
//
//	auth, err := signin.New(signin.Config{Verifier: verifier, Apps: []signin.App{{
//		ExternalURL: "https://app.example.com",
//		UserPoolID:  "us-east-1_AbCdEfGhI",
//		Client:      oauth.App{Domain: "https://auth.example.com", ClientID: "web"},
//		SignOutURL:  "https://app.example.com/",
//	}}})
//	mux.Handle(signin.Path, auth)
//	mux.Handle("/", auth.Require()(pages))
//
// Within a page, [FromContext] returns the [Session] with the verified tokens.
//
// It owns the sessions: the cookie, the record in a [Store], its limits, and when tokens are
// renewed. The exchange with the user pool belongs to package oauth, and package cognito
// decides whether a token is good. The browser never gets a token.
//
// # Sign-in
//
// State, nonce and PKCE of a sign-in are in a cookie, encrypted, until the user pool
// redirects back. A browser has at most five such cookies, one for each tab. A code is used
// once, also by several processes that share a store. The sign-in returns to the page that
// the person wanted, if it is one of the application. Each sign-in starts a session with a
// new ID and ends the former one of the browser.
//
// # Tokens
//
// Tokens are renewed before they expire, in the background, while the session is in use.
// Processes that share a store renew them once. If the user pool does not answer, requests
// are served as long as the tokens hold, and get 503 after that. Only a refresh token that
// the user pool refuses ends the session.
//
// # Stores
//
// A cookie holds a random ID of 256 bits. The store has the record under SHA-256 of the
// ID, encrypted with AES-256-GCM under a key that is derived from a key of the server and
// the ID. A copy of the store together with the keys of the server opens no record. A
// [MemoryStore] is for one process. Package storetest has the tests that every store must
// pass.
package signin
