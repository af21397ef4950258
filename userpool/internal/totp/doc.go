// Package totp is the software token of Amazon Cognito user pools: the one-time
// codes of RFC 6238 over RFC 4226, as authenticator apps make them: SHA-1, six
// digits, a step of 30 seconds.
//
// Start with [NewSecret], whose result is the SecretCode of
// AssociateSoftwareToken. [Verify] judges a code, and [Code] makes one for tests
// and demonstrations.
//
// It owns the algorithm, the drift that is allowed and the refusal of a code that
// was used. It never stores anything and reads no clock. It does not count
// failures: a code is one of a million, so its caller must.
package totp
