// Package cognito verifies the ID and access tokens of Amazon Cognito user
// pools.
//
// Start with [New]: it takes the user pools whose tokens are trusted, each with
// its app clients, and returns a [Verifier]. [Verifier.VerifyAccessToken] and
// [Verifier.VerifyIDToken] turn the raw string that a client sent into an
// [*AccessToken] or an [*IDToken], [Verifier.VerifyEither] into one of the two. Nothing
// else in the module makes them, so whoever is handed one has a verified token. (The
// zero value of either says nothing and is nobody's.)
//
//	verifier, err := cognito.New(cognito.Config{
//		UserPools: []cognito.UserPool{{
//			ID:        "us-east-1_AbCdEfGhI",
//			ClientIDs: []string{"1example23456789"},
//		}},
//	})
//	token, err := verifier.VerifyAccessToken(ctx, raw, cognito.RequireScopes("orders/read"))
//
// What is promised: the signature is RS256 by a key that the token's own issuer
// publishes; the issuer is one of the configured pools'; the token is of the
// asked kind, for a configured app client, within its life time; and every
// requirement of the call holds. Anything else is an [*Error] with one of a
// closed set of codes, of which [ErrKeysUnavailable] and [ErrCheckUnavailable]
// say "could not find out" and all others "refused".
//
// What is not promised: Cognito's own revocation leaves no trace in a token, so a
// token that was revoked verifies until it expires (see [Config.Revoked]).
//
// The packages around it: bearer protects a net/http handler, keyset fetches and
// caches the pools' keys, revocation ends tokens before their time, oauth signs users
// in and gets tokens for machines, lambdaauth answers API Gateway and AppSync, alb
// verifies what load balancers sign, cognitotest issues tokens for tests. Modules of
// their own, since they bring others: grpcauth for gRPC, observe/promcognito and
// observe/otelcognito for metrics and traces.
package cognito
