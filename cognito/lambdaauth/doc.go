// Package lambdaauth answers AWS Lambda authorizers with Cognito tokens: API Gateway's
// REST, HTTP and WebSocket APIs, and AppSync. It also ties an ID token to the caller of
// an API with IAM authorization through an identity pool ([VerifyIDTokenOf]).
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
// It owns the events: finding the one token in them, and the answer, with a policy of
// least privilege where the API takes policies. It never decides whether a token is
// good; that is the verifier's. Tokens come in the Authorization header, as in package
// bearer; what is said there about statuses holds here, as far as API Gateway lets it:
//
//	                       bad token, or none      not enough          could not find out
//	RESTToken, RESTRequest error "Unauthorized"    policy that denies  another error
//	WebSocketConnect       401                     403                 500
//	HTTPPolicy, HTTPv1     the same; see Config.DenyBadTokens
//	HTTPSimple             false, 403              false, 403          error, 500
//	AppSync                false, 401              false, 401          error
//
// Without the token or another identity source, API Gateway answers 401 by itself.
//
// HTTPSimple can say no more than true or false, for all routes at once: a token that
// one of Config.Routes refuses gets false for each, unless Config.Caching says that API
// Gateway keeps answers by route, or does not keep them.
//
// # Caching
//
// API Gateway keeps answers by the identity sources, for five minutes (REST) unless
// told otherwise. It does not ask again whether they are right for another route, and
// so an answer that is right for one is wrong for the next: a policy for one method
// refuses all others, a policy for * and a simple true allow them. By default this
// package answers what is right for all: a policy of those routes in Config.Routes
// that the token may call, whichever of them was called first. [Caching] says what else
// API Gateway may be set to.
//
//   - A policy cannot say what a route says: IAM's * matches slashes. This package takes
//     back what would be too much, and where one of the routes that are listed could be
//     reached without its requirements, it refuses rather than allows: a token may then
//     get 403 for one that it may call, from kept answers. What it cannot take back is
//     a route that the API has and Config.Routes has not, below a parameter: with
//     /orders/{id} and /orders/{id}/refunds allowed, a kept answer allows
//     /orders/1/audit. List all routes of the API. Set Allow: cognito.Denied
//     for those that no token may call.
//   - Nor can a policy tell spellings of one path apart. A call is judged by its path as it
//     stands, by the path without escapes and dots, and by the route that API Gateway names,
//     and must be allowed by all; a kept policy is compared with the path as API Gateway
//     writes it, and AWS does not say whether that is the one that routes are found by. If it
//     is not, a policy for /{proxy+} without /admin/{proxy+} allows /%61dmin/x: do not cache,
//     or cache by route, where one parameter covers routes of other requirements.
//   - Two kinds of tables are better not cached, or cached by route: those where
//     /a/{x} and /a/{proxy+} have different requirements, and those whose policy has
//     more than [MaxPolicyBytes].
//   - Everything by which a request is judged must be an identity source: the
//     Authorization header for all kinds of API. A source more can only split the cache.
//     Events of HTTP APIs tell: one whose sources do not have the token in them is an error,
//     unless Config.Caching is NotCached or the event has no sources at all, as those of tests.
//   - A kept answer outlives its token: by the TTL at most, as it does revocation and
//     the age that RequireMaxAuthAge allows. Nothing in an answer of API Gateway's can
//     shorten that. The context has expires_at, Unix seconds, for integrations to
//     compare; AppSync is told.
//   - Errors are not kept, so a sender of bad tokens has the function called each
//     time: limit that with a token validation expression or a throttle.
//   - A method test in the console, and a test of the authorizer, ask the function
//     without the cache.
//
// # Context
//
// Integrations find in $context.authorizer (requestContext.authorizer, of HTTP APIs
// with format 2.0 .lambda; AppSync's $ctx.identity.resolverContext): token_use, sub,
// username, client_id, user_pool_id, jti, origin_jti, scope (separated by spaces),
// groups (a JSON array in a string, for their names may hold anything), expires_at and
// auth_time (Unix seconds), and of ID tokens email and email_verified. What the token
// has not is left out, but for groups. Config.Claims adds others. API Gateway makes
// strings of it all for the integrations of REST APIs. The token is not in it.
//
// # Cold starts
//
// cognito.Config.KeySetDirectory, on a layer or in /tmp, saves the first event the
// fetch of the key set; or give the pool a keyset.Static of a file in the package.
package lambdaauth
