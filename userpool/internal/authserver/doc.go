// Package authserver is a user pool's authorization server. It has the OAuth 2.0 and OpenID
// Connect endpoints at the server's root, the hosted pages where people sign in, and the
// documents under /{poolId}/.well-known/. The client_id of a request selects the pool.
//
// It turns requests into calls of authflow, users and directory, and their results into
// Cognito's answers. It owns the browser sessions and the CSRF protection of its forms. It
// does not check passwords and does not make tokens. Start at [New].
package authserver
