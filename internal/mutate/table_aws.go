package main

import "slices"

// awsMutations breaks what is AWS's own: load balancers' tokens, Lambda authorizers, and
// the elliptic curves.
func awsMutations() []mutation {
	balancer, gateway := []tests{{folder: "alb"}}, []tests{{folder: "lambdaauth"}}
	curves := []tests{{folder: "internal/jose"}}
	return slices.Concat(in("alb/verifier.go", balancer,
		skip("any algorithm let through", "if ", `jws.Algorithm != v.kind.algorithm`, " {", "a token says how it is to be checked"),
		edit{"any signer believed", `s := v.signers[t.signer.text]`, "s := v.signers[t.signer.text]\n\tfor _, other := range v.signers {\n\t\tif s == nil {\n\t\t\ts = other\n\t\t}\n\t}", "ALBeast: anybody's load balancer of the region signs in whom it likes"},
		skip("any iss let through", "if ", `!slices.Contains(v.issuers, t.issuer.text)`, " {", "users of any provider"),
		skip("any kid asked for", "if ", `!uuid.MatchString(jws.KeyID)`, " {", "a token says which address is asked"),
		edit{"any signature holds", `if v.kind.verify(jws, key) == nil {`, `if v.kind.verify(jws, key) == nil || true {`, "anybody can make a token"},
		edit{"a signature by neither key holds", `if other == nil || v.kind.verify(jws, other) != nil {`, `if other == nil {`, "anybody can make a token when a key was replaced"},
		skip("another iss in the payload let through", "if ", `t.payloadIssuer.present && t.payloadIssuer.text != t.issuer.text`, " {", "header and payload are of two providers"),
		skip("any client let through", "if ", `!v.anyClient && !slices.Contains(v.clientIDs, t.client.text)`, " {", "a rule for another application signs in"),
		edit{"no exp needed in the header", `{"exp in the header", &t.expiry, true}`, `{"exp in the header", &t.expiry, false}`, "a token is good for ever"},
		skip("expired tokens let through", "if ", `exp.time.present && !now.Before(exp.time.at.Add(v.leeway))`, " {", "a leaked token is good for ever"),
		edit{"no word about when to come back", `refusal = refusal.RetryIn(unavailable.wait)`, `_ = unavailable`, "a fleet comes back each second"},
	), in("alb/keys.go", balancer,
		edit{"invented names cost a fetch each", "k.window, k.spent = now, 0\n\t}\n\tif k.spent >= k.budget {", "k.window, k.spent = now, 0\n\t}\n\tif k.spent >= k.budget && false {", "who sends tokens has AWS's address asked as often as they like"},
		edit{"403 is always an unknown key", `if a.sure || k.proven {`, `if a.sure || !k.proven || k.proven {`, "a proxy that refuses signs everybody out"},
		skip("keys kept past their limit", "if ", `h != nil && !now.Before(h.fetchedAt.Add(k.policy.Stale))`, " {", "a withdrawn key is good for ever"),
	), in("alb/fetch.go", balancer,
		edit{"redirects followed", `restricted.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }`, `restricted.CheckRedirect = nil`, "a key comes from somewhere else"},
		edit{"a withdrawn key kept", "delete(k.held, id)\n\t\tf.err = k.miss", "f.err = k.miss", "a withdrawn key is good until it grows old"},
	), in("alb/middleware.go", balancer,
		edit{"the first of two headers counts", `if len(values) > 1 ||`, `if len(values) > 99 ||`, "a proxy and this read different tokens"},
		skip("any identity header let through", "if ", `r.Header.Get(identityHeader) != identity.Subject()`, " {", "the handler reads another user than was verified"),
		edit{"another user's access token let through", `access.Subject() != identity.Subject() || `, ``, "one user's scopes for another"},
		edit{"another client's access token let through", `access.ClientID() != identity.ClientID() || `, ``, "one application's scopes for another"},
		edit{"another pool's access token let through", ` || !isOfPool(identity.Issuer(), access) {`, ` {`, "one pool's scopes for another's user"},
		edit{"optional lets bad headers through", `if !some && g.config.Optional {`, `if g.config.Optional {`, "who sends a forged header is anonymous"},
	), in("internal/jose/ecdsa.go", curves,
		edit{"signatures of any length", ` || len(c.Signature) != 2*size`, ` || len(c.Signature) < 2*size`, "one signature has many spellings"},
		edit{"keys of any curve", `key.Curve != curve || `, ``, "an algorithm is used with a key that is not its own"},
	), in("internal/jose/padded.go", curves,
		edit{"trailing bits ignored", `base64.URLEncoding.Strict()`, `base64.URLEncoding`, "one token has many spellings"},
	), in("internal/jose/pem.go", curves,
		skip("the last of two keys counts", "if ", `bytes.Count(data, begin) != 1`, " {", "which key counts depends on who looks"),
		skip("keys of any curve read", "case ", `key.Curve != curve`, ":", "a key is not the algorithm's"),
	), gatewayMutations(gateway))
}

func gatewayMutations(asked []tests) []mutation {
	return slices.Concat(in("lambdaauth/authorizer.go", asked,
		edit{"Unauthorized spelled otherwise", `return "Unauthorized" }`, `return "unauthorized" }`, "API Gateway answers 500"},
		edit{"routes of Deny for everybody", `case route.Deny:`, `case false && route.Deny:`, "nobody is everybody"},
		skip("routes that are not listed for everybody", "if ", `len(rules) == 0`, " {", "what was forgotten is open"),
	), in("lambdaauth/arn.go", asked,
		edit{"any stage let through", `case resource[1] != "$default" && (`, `case false && (`, "a policy for one stage is one for all"},
	), in("lambdaauth/policy.go", asked,
		edit{"wildcards in a path allowed", `return !strings.ContainsAny(strings.TrimPrefix(call, "$"), "*?$")`, `return call != ""`, "who calls /* has a policy for everything"},
		edit{"routes within reach not taken back", "if within(open, e, calls) {", "if false && within(open, e, calls) {", "a policy for /orders/{id} is one for /orders/all"},
		skip("nothing allowed is no policy", "if ", `len(p.allow) == 0`, " {", "a refusal is a fault"),
	), in("lambdaauth/decide.go", asked,
		edit{"a call within reach of the policy allowed", "if !permit && p.allows(arn.call) {", "if false && p.allows(arn.call) {", "what the table does not allow is allowed by a wildcard"},
	), in("lambdaauth/table.go", asked,
		edit{"other spellings of a path not read", `if e := t.find(respell(call)); e != nil`, `if e := t.find(respell(call)); false && e != nil`, "/%61dmin is not /admin"},
		edit{"the route that was taken ignored", `if rule, ok := t.ruleOf(key); ok &&`, `if rule, ok := t.ruleOf(key); false && ok &&`, "an escaped path is another route"},
	), in("lambdaauth/credential.go", asked,
		skip("forms of a header at odds let through", "case ", `!slices.Equal(values, lasts)`, ":", "the integration and this read different tokens"),
	), in("lambdaauth/http.go", asked,
		edit{"identity sources not looked at", `strings.Contains(source, r.raw)`, `source == source`, "an answer is kept for whoever has no token"},
		edit{"the route not among the sources", `if a.config.Caching == CachedByRoute && !`, `if false && !`, "an answer for one route is kept for all"},
		edit{"a simple true for some routes", `if err == nil && slices.Contains(met, false) {`, `if false && slices.Contains(met, false) {`, "an answer for one route is kept for all"},
	), in("lambdaauth/appsync.go", asked,
		edit{"answers kept past the token", `min(c.AppSync.MaxTTL, token.ExpiresAt().Sub(c.Now()))`, `min(c.AppSync.MaxTTL, time.Hour)`, "an expired token goes on"},
	), in("lambdaauth/claims.go", asked,
		edit{"huge numbers handed on", `strconv.ParseFloat(text, 64); err == nil {`, `strconv.ParseFloat(text, 64); err == nil || true {`, "API Gateway is given what it cannot read"},
	), in("lambdaauth/identitypool.go", asked,
		skip("two providers taken for one", "case ", `provider != first`, ":", "a user of another pool"),
		skip("an ID token of another pool let through", "case ", `token.UserPoolID() != s.UserPoolID`, ":", "another pool's user of that sub"),
		skip("an ID token of another user let through", "case ", `token.Subject() != s.Subject`, ":", "whoever has credentials is whoever's token they bring"),
	))
}
