// Package cognitotest has an issuer of Cognito-shaped tokens for tests, as
// net/http/httptest has a server for tests.
//
// An [Issuer] has user pools with keys. It makes any token, valid or broken in one chosen
// way, and it rotates and withdraws keys. It answers key-set requests in process, also
// slowly or wrongly if the test wants that. It opens no socket and generates no key, so
// it starts in less than a millisecond.
//
//	issuer := cognitotest.NewIssuer()
//	verifier, err := cognito.New(issuer.Config())
//	good := issuer.Pool().AccessToken(cognitotest.Groups("staff"))
//	late := issuer.Pool().AccessToken(cognitotest.Expired())
//
// A [LoadBalancer] and a [VerifiedAccess] sign the headers that package alb verifies:
//
//	balancer := issuer.Pool().LoadBalancer("web")
//	verifier, err := alb.New(balancer.Config())
//	balancer.SignIn(request, cognitotest.Groups("staff"))
//
// The time is the time of the issuer's [Clock], which the test moves. The clock has no
// effect on contexts: a call that waits for a slow key set ends with its own context, or
// when another goroutine moves the clock.
//
// The package shares no code with the verifiers except the types of their configurations, and
// never checks a token.
//
// Its private keys are published with this source. Never trust them outside tests.
package cognitotest
