// Strict runs Poolguard and other verifiers over the accept/reject vectors of the library.
// It shows which bad tokens each verifier accepts, and which good tokens it rejects.
//
//	go run ./strict
//
// Each verifier is set up as its documentation shows, with the settings that it has for
// RS256, iss, exp, token_use and the app client. The time is that of the case, and there is
// no leeway. If a case trusts several issuers, app clients or kinds of token, each Go
// library gets one verifier for each combination. The token counts as accepted if one of
// them accepts it.
//
// Some cases need settings that the other verifiers do not have, such as required scopes,
// revocation or a leeway. These cases are left out and counted.
//
// Some rejections are policy, such as the limit of the token's size. A second table has the
// error codes, which say why a token must be rejected.
package main
