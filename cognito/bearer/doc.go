// Package bearer protects net/http handlers with Cognito tokens sent as OAuth 2.0
// bearer tokens (RFC 6750).
//
// It owns the wire: finding the one credential of a request, the challenge and
// status of a refusal, and the verified token in the request's context. It never
// decides whether a token is good; that is the verifier's.
//
//	protect := bearer.Require(verifier, cognito.RequireScopes("orders/read"))
//	mux.Handle("GET /orders", protect(orders))
//
// Within the handler, [AccessToken] returns the token. [Middleware] makes middleware with
// everything that can be set: ID tokens, requests without a token, WebSockets.
//
// A token comes in the Authorization header, after the word Bearer. Each other place is
// accepted only if a field of [Config] says so: Cookie, BareAuthorization and
// WebSocketSubprotocol. A request with tokens in two places is rejected, whatever the tokens
// are. A token in the query would be in logs and histories, and bodies are not read.
// Neither is ever accepted (RFC 6750 §2.2 and §2.3 are optional, RFC 9700 §4.3.2 advises
// against the query).
//
// Refusals are JSON, {"error":{"code":…,"message":…}}, with the codes of package
// cognito. [StatusCode], [Challenge] and [WriteError] are how they map to HTTP, for
// other adapters too.
package bearer
