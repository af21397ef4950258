// Package issuer makes a user pool's tokens: it owns the signing keys, which
// claims a token has, and the check of tokens that come back to the pool itself.
//
// It never imports the verifier of this repository: an issuer's mistake and a
// verifier's must not cancel out. Start at [Issuer].
package issuer
