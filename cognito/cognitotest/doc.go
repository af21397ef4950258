// Package cognitotest is an issuer of Cognito-shaped tokens for tests, as
// net/http/httptest is a server for tests.
//
// An [Issuer] holds user pools with their keys, mints any token, good or broken
// in one chosen way, rotates and withdraws keys, and answers key-set requests in
// process, slowly or wrongly on demand. No socket is opened and no key is
// generated, so it starts in well under a millisecond.
//
// Its keys are published with this source: nothing may trust them outside tests.
package cognitotest
