// Package lambdaauth answers AWS Lambda authorizers with Cognito tokens: for API Gateway's
// REST, HTTP and WebSocket APIs, and for AppSync. It also compares an ID token with the
// caller of an API with IAM authorization, through an identity pool ([VerifyIDTokenOf]).
//
//	authorizer, err := lambdaauth.New(lambdaauth.Config{
//		Verifier: verifier,
//		Routes: []lambdaauth.Route{
//			{Keys: []string{"GET /orders", "GET /orders/{id}"}, Require: []cognito.Requirement{cognito.RequireScopes("orders/read")}},
//			{Keys: []string{"ANY /admin/{proxy+}"}, Require: []cognito.Requirement{cognito.RequireGroups("admins")}},
//		},
//	})
//	lambda.Start(authorizer.RESTRequest)
//
// The guide is docs/lambda.md in the repository: which handler is for which API, the traps of
// kept answers, functions without a network, and the settings in CloudFormation.
//
// The package owns the events: it finds the one token in them and writes the answer. Where
// the API accepts policies, the policy has the least privilege. The package never decides
// whether a token is good. The verifier does that. Tokens come in the Authorization header,
// as in package bearer, or in a place that a field of [Config] names: Cookie, BareAuthorization,
// WebSocketSubprotocol and WebSocketQuery. A request with two tokens is refused. The statuses of bearer apply here too, as far as API Gateway allows:
//
//	                       bad token, or none      not enough          could not be checked
//	RESTToken, RESTRequest error "Unauthorized"    policy that denies  another error
//	WebSocketConnect       401                     403                 500
//	HTTPPolicy, HTTPv1     the same; see Config.DenyBadTokens
//	HTTPSimple             false, 403              false, 403          error, 500
//	AppSync                false, 401              false, 401          error
//	AppSyncEvents          the same
//
// Each handler refuses the events of all other kinds of authorizer with an error.
//
// Without the token or another identity source, API Gateway answers 401 by itself and does
// not call the authorizer. So a route cannot be anonymous or optional here: in API Gateway,
// set no authorizer on a route that anonymous clients may call.
//
// HTTPSimple answers only true or false, for all routes at once. A token that one of
// Config.Routes refuses gets false for each route, unless Config.Caching says that API
// Gateway keeps answers by route, or does not keep them.
//
// # Caching
//
// API Gateway keeps answers by the identity sources, for five minutes by default (REST). It
// uses a kept answer for other routes too. An answer that is right for one route may be
// wrong for the next: a policy for one method refuses all others, and a policy for * or a
// simple true allows them. By default, this package gives answers that are right for all
// routes: a policy of the routes in Config.Routes that the token may call, whichever of
// them was called first. Without Config.Routes all calls are judged alike, and the policy
// allows the whole stage. [Caching] has the other settings.
//
//   - A policy cannot express a route exactly, since IAM's * matches slashes. This package
//     denies the excess. If a listed route could be reached without its requirements, it
//     refuses: a token may then get 403 by a kept answer for a route that it may call. The
//     package cannot deny a route below a parameter that is not in Config.Routes: with
//     /orders/{id} and /orders/{id}/refunds allowed, a kept answer allows /orders/1/audit.
//     List all routes of the API. Set Allow: cognito.Denied for those that no token may call.
//   - A policy cannot distinguish spellings of one path. A call must be allowed by its path
//     as sent, by its path without escapes and dots, and by the route that API Gateway names.
//     API Gateway compares a kept policy with the path in its own spelling, and AWS does not
//     document whether it selects routes by the same spelling. If it does not, a policy for
//     /{proxy+} without /admin/{proxy+} allows /%61dmin/x. Where a parameter covers routes
//     with other requirements, do not cache, or cache by route.
//   - For tables in which /a/{x} and /a/{proxy+} have different requirements, do not cache,
//     or cache by route.
//   - An answer that the policy makes larger than Config.MaxAnswerBytes is an error, since
//     no smaller policy is right for all routes. A warning has the sizes. Use {proxy+} for
//     routes with the same rule, cache by route, or do not cache.
//   - Everything that decides about a request must be an identity source: for all kinds of
//     API, the Authorization header. An additional source only splits the cache. Events of
//     HTTP APIs contain the sources. An event whose sources do not have the token is an
//     error, unless Config.Caching is NotCached or the event has no sources at all, as in
//     tests.
//   - A kept answer may outlive its token, at most by the TTL. The same is true for a
//     revocation and for the age in RequireMaxAuthAge. No field of an answer can shorten
//     that time in API Gateway. The context has expires_at, Unix seconds, for integrations
//     to compare. AppSync gets the time for each answer.
//   - Errors are not kept. A client with bad tokens invokes the function for each request:
//     limit that with a token validation expression or a throttle.
//   - A method test in the console, and a test of the authorizer, do not use the cache.
//
// # Context
//
// Integrations find the context in $context.authorizer (requestContext.authorizer, for HTTP
// APIs with format 2.0 .lambda; for AppSync $ctx.identity.resolverContext). It has
// token_use, sub, username, client_id, user_pool_id, jti, origin_jti, scope (separated by
// spaces), groups (separated by commas), expires_at and auth_time (Unix seconds). ID tokens
// add email and email_verified. Claims that the token does not have are left out, except
// groups. Config.Claims adds others. For integrations of REST APIs, API Gateway converts all
// values to strings. The context does not contain the token.
//
// The characters % " \ { } [ ] and control characters are percent-encoded in all texts, and
// commas in the elements of lists: a user or administrator chooses names, and a quoted text
// in the context once broke kept answers. A function behind the authorizer reads groups with
// [ParseContextList] and texts with [ParseContextText].
//
// # Cold starts
//
// The first event of a new environment waits for the key set, and fails in a VPC without a
// way to Cognito. Ship the key set with the function as a seed (cognito.UserPool.Seeds):
//
//	//go:embed jwks.json
//	var jwks []byte // poolguard jwks us-east-1_AbCdEfGhI --format json > jwks.json
//
//	issuers, err := cognito.Issuers("us-east-1_AbCdEfGhI")
//	pool.Seeds = map[string]keyset.Seed{issuers[0]: {JWKS: jwks, UsableFor: 24 * time.Hour}}
//
// The first event is then answered from the seed. A key that the seed lacks is looked up at
// Cognito, and the first successful fetch replaces the seed.
//
// cognito.Config.KeySetDirectory does not help here: /tmp is empty in a new environment, and
// a copy in the package or on a layer is too old within a day.
package lambdaauth
