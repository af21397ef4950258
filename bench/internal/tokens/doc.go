// Package tokens signs the tokens that are measured: access tokens with the claims, their
// order and the escapes of Amazon Cognito's tokens, in four sizes. It knows no verifier.
package tokens
