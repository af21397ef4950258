// Package cognitotest is an issuer of Cognito-shaped tokens for tests, as
// net/http/httptest is a server for tests.
//
// An [Issuer] holds user pools with their keys, mints any token, good or broken
// in one chosen way, rotates and withdraws keys, and answers key-set requests in
// process, slowly or wrongly on demand. No socket is opened and no key is
// generated, so it starts in well under a millisecond.
//
//	issuer := cognitotest.NewIssuer()
//	verifier, err := cognito.New(issuer.Config())
//	good := issuer.Pool().AccessToken(cognitotest.Groups("staff"))
//	late := issuer.Pool().AccessToken(cognitotest.Expired())
//
// Time is that of the issuer's [Clock], which stands still until the test moves it.
// It drives no context: a call that waits for a slow key set ends with its own, or
// when the clock is moved from another goroutine.
//
// It shares no code with the verifier but the types of its configuration, and never
// checks a token.
//
// Its private keys are published with this source: nothing may trust them outside
// tests.
package cognitotest
