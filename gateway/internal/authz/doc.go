// Package authz decides about requests by the rules of the gateway.
//
//	policy, err := authz.New(authz.Config{Verifier: verifier, UserPools: pools, Rules: rules})
//	decision := policy.Decide(ctx, &authz.Request{Method: "GET", Host: "api.example.com", Target: "/orders/7?all", Bearer: token})
//
// It owns the rules, the order of the steps of a decision, and the identity that an accepted
// request gets. The steps are: the path and the host, the first rule that matches both and the
// method, preflights, the credential that counts, its verification with the requirements of
// the rule. A request that no rule matches is denied.
//
// It verifies nothing itself: tokens are verified by packages cognito and alb. It knows no
// transport: adapters make a [Request] of what their proxy sends, and an answer of the
// [Decision].
package authz
