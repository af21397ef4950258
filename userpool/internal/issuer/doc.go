// Package issuer makes a user pool's tokens. It owns the signing keys, the claims of tokens,
// and the check of the access tokens that clients send to the pool itself.
//
// It never imports the verifier of this repository: a fault of the issuer and the same
// fault of the verifier would hide each other. Start at [Issuer].
package issuer
