// Package authserver is a user pool's authorization server: the OAuth 2.0 and OpenID
// Connect endpoints at the server's root, the pages on which people sign in, and
// the documents under /{poolId}/.well-known/. The pool of a request is that of its
// client_id.
//
// It turns requests into calls of authflow, users and directory and their results
// into Cognito's answers. Browser sessions and the protection of its forms are its
// own; passwords and tokens are not its concern. Start at [New].
package authserver
