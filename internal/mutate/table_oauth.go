package main

// oauthMutations breaks the client of the OAuth endpoints.
func oauthMutations() []mutation {
	asked := []tests{{folder: "oauth"}}
	signIn := append(in("oauth/finish.go", asked,
		skip("state not compared", "if ", `subtle.ConstantTimeCompare([]byte(back.state), []byte(s.derive(labelState))) != 1`, " {", "a stranger's code signs a user in to the stranger's account"),
		edit{"nonce not required", `c.needHash, cognito.RequireNonce(s.derive(labelNonce)))`, `c.needHash)`, "the tokens of another sign-in are this one's"},
		skip("iss of another server let through", "if ", `back.issuer != "" && !slices.Contains(c.issuers, back.issuer)`, " {", "a code of another server is sent to this one (RFC 9207)"),
		edit{"flows without end", `!now.Before(s.expires) || `, ``, "a flow is good for ever"},
		edit{"flows of a clock that was set back", ` || s.expires.After(now.Add(c.lifetime+clockSkew))`, ``, "a flow that is over is good again"},
		edit{"flows finished twice", `case !first:`, `case !first && false:`, "a callback can be replayed"},
		edit{"flows forgotten by a clock ahead", `s.expires.Add(clockSkew))`, `s.expires)`, "a callback can be replayed when the ledger has forgotten it"},
		edit{"an ill ledger let through", `case err != nil:`, `case err != nil && !first:`, "a callback can be replayed while the ledger is ill"},
	), append(in("oauth/flow.go", asked,
		edit{"flows of other clients open", `plain, err := seal.Open(nil, nil, sealed, c.context())`, `plain, err := seal.Open(nil, nil, sealed, nil)`, "no flow opens"},
		edit{"flows have several spellings", `base64.RawURLEncoding.Strict()`, `base64.RawURLEncoding`, "a flow is told from itself"},
	), append(in("oauth/callback.go", asked,
		edit{"the first of two states counts", `len(values[p.name]) > 1`, `len(values[p.name]) > 99`, "a proxy and this read different callbacks"},
	), in("oauth/tokens.go", asked,
		skip("at_hash not compared", "case ", `hasHash && hash != accessTokenHash(a.access)`, ":", "another access token of the user goes with the ID token"),
		skip("at_hash may be missing", "case ", `!hasHash && needHash`, ":", "nothing but the subject binds the two tokens"),
		skip("tokens of different users", "case ", `id.Subject() == "" || id.Subject() != access.Subject()`, ":", "one user calls with another's access token"),
		skip("tokens of another pool", "case ", `id.UserPoolID() != c.userPoolID || access.UserPoolID() != c.userPoolID`, ":", "another pool that is trusted signs users in here"),
		skip("tokens of another app client", "case ", `id.ClientID() != c.app.ClientID || access.ClientID() != c.app.ClientID`, ":", "another app client's tokens sign users in here"),
	)...)...)...)
	wire := append(in("oauth/wire.go", asked,
		edit{"redirects followed", `response.Header.Del("Location")`, `_ = response`, "codes and secrets are carried on"},
		edit{"answers that are no strict JSON", ` && !isObject(response.Header, body) {`, ` && false {`, "of a name that comes twice either value counts"},
	), in("oauth/cause.go", asked,
		edit{"what servers echo shows", `return strings.NewReplacer(pairs...).Replace(text)`, `return text`, "secrets come back in errors"},
		edit{"time-outs of ours are the caller's", `return timeOutError{err}`, `return err`, "who asks whether the caller gave up is told so of an outage"},
	)...)
	shared := append(in("oauth/refresh.go", asked,
		skip("tokens of another user after a refresh", "if ", `f.tokens.ID.Subject() != subject`, " {", "a session goes over to another user"),
		edit{"refreshes not shared", `if f := r.flights[key]; f != nil {`, `if f := r.flights[key]; f != nil && false {`, "concurrent callers spend one refresh token, and all but one are signed out"},
		edit{"answers kept for ever", ` && now.Sub(kept.began).Abs() < rotationMemory {`, ` {`, "a refresh token that was replaced stays good"},
		edit{"answers to revoked tokens kept", ` && !f.over && `, ` && `, "who signed out has new tokens"},
	), in("oauth/machine.go", asked,
		edit{"no pause after a failure", `s.retryAt = s.app.Now().Add(pause)`, `_ = pause`, "an ill pool is flooded"},
		edit{"no early renewal", `token.Expiry.Add(-early), token`, `token.Expiry, token`, "callers wait each time a token ends"},
		edit{"tokens of short life never held", `-min(asGoodAsOver, lifetime/4)`, `-asGoodAsOver`, "the pool is asked at each call"},
		skip("tokens that cannot be sent", "case ", `text == "" || text != token.AccessToken || len(text) > longestToken || !isPrintable(text)`, ":", "a line break in a token begins another header"),
	)...)
	return append(signIn, append(wire, shared...)...)
}
