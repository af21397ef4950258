// Package userpool is a local user pool that is compatible with Amazon Cognito. It is an
// [http.Handler] that signs people in and issues tokens like Cognito's. Applications use it
// in development and tests and need no AWS account.
//
// Start with [New]. A [Config] that has only a PublicURL serves [DefaultPool]. Applications
// use the OAuth endpoints at the root: /oauth2/authorize, /login, /oauth2/token, /logout.
// The client_id of a request selects the pool. Verifiers use the documents under
// /{poolId}/.well-known/.
//
// The package owns the users, app clients, codes, tokens and signing keys of its pools. It
// never imports the verifier of this project: a fault of the issuer and the same fault of
// the verifier would hide each other. It is not for production: it sends no messages, and
// it does not check the AWS signatures of requests.
package userpool
