// Package userpool is a local, Cognito-compatible user pool: an [http.Handler]
// that signs people in and issues tokens shaped as Amazon Cognito's, so that
// applications run without an AWS account in development and tests.
//
// Start with [New]: a [Config] with nothing but a PublicURL serves the ready pool
// of [DefaultPool]. Applications then use the OAuth endpoints at the root
// (/oauth2/authorize, /login, /oauth2/token, /logout; the pool is the one that
// owns the client_id), verifiers the documents under /{poolId}/.well-known/.
//
// It owns users, app clients, codes, tokens and signing keys of its pools. It
// never imports the verifier: an issuer's mistake and a verifier's must not
// cancel out. It is for development: it sends no mail, and it does not check AWS
// request signatures.
package userpool
