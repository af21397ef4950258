// Package tokens signs the tokens that are measured: access tokens with the claims,
// order and escapes of Amazon Cognito's, in four sizes. It knows of no verifier.
package tokens
