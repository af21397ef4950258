// Package cognito verifies the ID and access tokens of Amazon Cognito user
// pools.
//
// Start with [New]: it takes the user pools whose tokens are trusted, each with
// its app clients, and returns a [Verifier]. [Verifier.VerifyAccessToken] and
// [Verifier.VerifyIDToken] turn the raw string that a client sent into an
// [*AccessToken] or an [*IDToken], [Verifier.VerifyEither] into one of the two. Nothing
// else in the module makes them, so a function that receives one has a verified token.
// (The zero value of either has no claims and belongs to no user.)
//
//	verifier, err := cognito.New(cognito.Config{
//		UserPools: []cognito.UserPool{{
//			ID:        "us-east-1_AbCdEfGhI",
//			ClientIDs: []string{"1example23456789"},
//		}},
//	})
//	token, err := verifier.VerifyAccessToken(ctx, raw, cognito.RequireScopes("orders/read"))
//
// A verified token fulfils all of this:
//
//   - Its signature is RS256, by a key that its own issuer publishes.
//   - Its issuer belongs to one of the configured user pools.
//   - It is of the requested kind, access or ID token.
//   - It is for a configured app client.
//   - It has not expired, and nbf has passed.
//   - It meets every requirement of the call.
//
// For every other token the result is an [*Error] with one of a closed set of codes.
// [ErrKeysUnavailable] and [ErrCheckUnavailable] mean "could not find out"; all others
// mean "refused".
//
// Why a token was refused, by code, with usual causes:
// https://github.com/poolguard/poolguard/blob/main/docs/troubleshooting.md
//
// Cognito's own revocation leaves no trace in a token. A revoked token verifies until it
// expires, unless [Config.Revoked] is set.
//
// Other packages of the module:
//
//   - bearer protects a net/http handler.
//   - keyset fetches and caches the keys of user pools.
//   - revocation refuses tokens before they expire.
//   - oauth signs users in, and gets tokens for machines.
//   - signin keeps sessions of browsers for web applications.
//   - lambdaauth authorizes calls of API Gateway and AppSync.
//   - alb verifies the tokens that load balancers sign.
//   - cognitotest issues tokens for tests.
//
// Modules of their own, because of their dependencies: grpcauth for gRPC,
// observe/promcognito for Prometheus and observe/otelcognito for OpenTelemetry.
package cognito
