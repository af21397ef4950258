// Package totp is the software token of Amazon Cognito user pools. It makes and checks the
// one-time codes of RFC 6238 (over RFC 4226) that authenticator apps show: SHA-1, six
// digits, a step of 30 seconds.
//
// Start with [NewSecret]: its result is the SecretCode of AssociateSoftwareToken. [Verify]
// checks a code, and [Code] makes one for tests and demonstrations.
//
// It owns the algorithm, the allowed drift of clocks, and the rejection of used codes. It
// never stores anything and reads no clock. The caller must count failures, because there
// are only a million codes.
package totp
