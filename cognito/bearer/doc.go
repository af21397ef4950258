// Package bearer protects net/http handlers with Cognito tokens sent as OAuth 2.0
// bearer tokens (RFC 6750).
//
// It owns the wire: finding the one credential of a request, the challenge and
// status of a refusal, and the verified token in the request's context. It never
// decides whether a token is good; that is the verifier's.
package bearer
