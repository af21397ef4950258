package main

// The tests of the verifier as a whole.
var verifierTests = []tests{{folder: "."}}

// checkMutations breaks the checks of a token, and their being called.
func checkMutations() []mutation {
	return append(in("checks.go", verifierTests,
		skip("alg not compared", "if ", `c.Algorithm != "RS256"`, " {", "tokens of any algorithm get as far as the signature"),
		edit{"alg compared without case", `c.Algorithm != "RS256"`, `c.Algorithm != "RS256" && c.Algorithm != "rs256"`, "rs256 is taken for RS256"},
		skip("wrong kinds of claims let through", "case ", `t.wrong.has(c)`, ":", "a claim of a wrong JSON kind is read as absent or zero"),
		skip("required claims may be absent", "case ", `required && !t.present.has(c)`, ":", "a token without exp, client or token_use is judged by what an absent claim reads as"),
		skip("token_use not compared with the kind that is due", "case ", `want != "" && use != want`, ":", "an ID token passes as an access token"),
		skip("token_use may be anything", "case ", `use != TokenUseAccess && use != TokenUseID`, ":", "a token of an unknown kind passes as an access token"),
		edit{"token_use may be absent", `t.known(claimTokenUse, true)`, `t.known(claimTokenUse, false)`, "what is missing is not said"},
		edit{"client of ID tokens read from client_id", "if use == TokenUseID {\n\t\treturn claimAudience", "if use == TokenUseAccess {\n\t\treturn claimAudience", "the wrong claim is compared with the clients"},
		skip("aud of an ID token may be an array", "if ", `c == claimAudience && t.audienceIsArray`, " {", "what is wrong with aud is not said"),
		skip("client not compared", "if ", `!p.anyClient && !slices.Contains(p.clientIDs, t.client())`, " {", "the pool's tokens for its other clients are accepted"),
		edit{"client claim may be absent", `t.known(c, true)`, `t.known(c, false)`, "what is missing is not said"},
		skip("exp not compared", "if exp := t.time(claimExpiry); ", `!now.Before(exp.Add(leeway))`, " {", "tokens never expire"),
		edit{"exp accepted at its second", `!now.Before(exp.Add(leeway))`, `now.After(exp.Add(leeway))`, "a token is good when it has expired"},
		edit{"leeway of exp subtracted", `exp.Add(leeway)`, `exp.Add(-leeway)`, "tokens end early where clocks differ"},
		edit{"exp may be absent", `t.known(claimExpiry, true)`, `t.known(claimExpiry, false)`, "what is missing is not said"},
		skip("nbf not compared", "t.present.has(claimNotBefore) && ", `now.Before(nbf.Add(-leeway))`, " {", "tokens are good before their time"),
		edit{"nbf refused at its second", `now.Before(nbf.Add(-leeway))`, `!now.After(nbf.Add(-leeway))`, "a token is refused when its time has come"},
		edit{"leeway of nbf added", `nbf.Add(-leeway)`, `nbf.Add(leeway)`, "tokens begin late"},
		edit{"nbf of a wrong kind let through", "t.known(claimNotBefore, false); err != nil", "t.known(claimNotBefore, false); false && err != nil", "nbf as a text is no limit"},
		edit{"audience not checked", `if t.use() != TokenUseAccess ||`, `if true || t.use() != TokenUseAccess ||`, "tokens bound to somebody else's resource are accepted"},
		edit{"audience of a wrong kind let through", "t.known(claimAudience, false); err != nil", "t.known(claimAudience, false); false && err != nil", "a list of audiences is read as far as it goes"},
		edit{"first audience only", `range t.audiences {`, `range t.audiences[:min(1, len(t.audiences))] {`, "a token for us and for another resource is accepted"},
		edit{"empty audience let through", `(aud != t.client() || aud == "")`, `aud != t.client()`, "an empty aud matches an empty client"},
		skip("empty list of audiences let through", "if ", `len(t.audiences) == 0`, " {", "a token bound to nothing is taken for one that is not bound"),
		edit{"wrong kinds not reported in their turn", `turn.stage == s && t.knownHere(turn.claim)`, `false && turn.stage == s && t.knownHere(turn.claim)`, "a scope that is no text is called missing"},
		edit{"claims of other kinds of token refused", `turn.stage == s && t.knownHere(turn.claim)`, `turn.stage == s`, "an access token with a custom nonce is refused"},
		skip("wrong kinds of other claims let through", "if ", `t.wrong.has(c) && t.knownHere(c)`, " {", "email_verified as a text reads as false, silently"),
		edit{"custom claims refused", `t.wrong.has(c) && t.knownHere(c)`, `t.wrong.has(c)`, "an access token with a custom email is refused"},
	), in("judge.go", verifierTests,
		skip("token_use not checked", "err := t.checkTokenUse(use); ", `err != nil`, " {", "an ID token passes as an access token"),
		skip("client not checked", "err := t.checkClient(t.pool); ", `err != nil`, " {", "any client's tokens are accepted"),
		skip("expiry not checked", "err := t.checkExpiry(now, v.leeway); ", `err != nil`, " {", "tokens never expire"),
		skip("nbf not checked", "err := t.checkNotBefore(now, v.leeway); ", `err != nil`, " {", "tokens are good before their time"),
		skip("audience not checked", "err := t.checkAudience(t.pool); ", `err != nil`, " {", "tokens for other resources are accepted"),
		edit{"RequireAudience never asked", `stage{stageAudience, stageNonce`, `stage{stageNonce`, "a requirement of the call is ignored"},
		edit{"RequireNonce never asked", `stageAudience, stageNonce, stageRevocation,`, `stageAudience, stageRevocation,`, "an ID token of another sign-in is accepted"},
		edit{"Config.Revoked never asked", `stageNonce, stageRevocation, stageACR`, `stageNonce, stageACR`, "revoked tokens are accepted"},
		edit{"RequireACR never asked", `stageRevocation, stageACR, stageAuthTime`, `stageRevocation, stageAuthTime`, "a weak sign-in is accepted"},
		edit{"RequireMaxAuthAge never asked", `stageACR, stageAuthTime, stageScopes`, `stageACR, stageScopes`, "an old sign-in is accepted"},
		edit{"RequireScopes never asked", `stageAuthTime, stageScopes, stageGroups`, `stageAuthTime, stageGroups`, "tokens without the scope are accepted"},
		edit{"RequireGroups never asked", `stageScopes, stageGroups, stageClaims`, `stageScopes, stageClaims`, "users without the group are accepted"},
		edit{"RequireClaim never asked", `stageGroups, stageClaims, stageCustom}`, `stageGroups, stageCustom}`, "tokens without the claim are accepted"},
		edit{"Require never asked", `stageClaims, stageCustom}`, `stageClaims}`, "the application's own check is ignored"},
		skip("wrong kinds forgotten", "if ", `t.wrong != 0`, " {", "claims of a wrong kind are let through where nothing is required"),
		skip("Config.Require ignored", "if ", `v.require[n].stage == s`, " {", "what holds for every token is not asked"),
		skip("the call's requirements ignored", "if ", `requirements[n].stage == s`, " {", "what the call asks for is not asked"),
		skip("an error of Config.Revoked taken for no", "case ", `err != nil`, ":", "a list that cannot be read revokes nothing"),
		skip("a revoked token let through", "case ", `revoked`, ":", "revoked tokens are accepted"),
	)...)
}

// claimMutations breaks the reading of claims.
func claimMutations() []mutation {
	return in("claims.go", verifierTests,
		skip("wrong kinds not noted", "\tif ", `!ok`, " {\n\t\tt.wrong.add(c)", "a claim of a wrong kind reads as zero"),
		edit{"names folded", `claimByName[string(name)]`, `claimByName[strings.ToLower(string(name))]`, "EXP is read as exp: two readers of a token differ"},
		edit{"negative times let through", `f >= 0 && f <= maxTime`, `f <= maxTime`, "a time before 1970 is one"},
		edit{"times over 2^53 let through", `f >= 0 && f <= maxTime`, `f >= 0`, "an exp that overflows is any time"},
		edit{"fractions of times cut off", `int64((f-float64(seconds))*1e9)`, `0*int64(f-float64(seconds))`, "a token ends up to a second early"},
		edit{"scopes split at any white space", `strings.SplitSeq(s, " ")`, `strings.FieldsSeq(s)`, "a scope with a tab in it is two"},
		edit{"escapes in claims not read", `strings.IndexByte(text, '\\') < 0`, `text != "\\"`, "an escaped issuer or scope is another one"},
		edit{"lists with other kinds in them let through", `ok && isText`, `ok || isText`, "groups that are no texts are groups"},
		edit{"scope of a wrong kind let through", "all, ok = t.textAt(value, offset)\n", "all, ok = t.textAt(value, offset)\n\t\tok = true\n", "a list of scopes is none"},
		edit{"aud of a wrong kind let through", `t.audiences, ok = t.textsAt(value, offset)`, "t.audiences, ok = t.textsAt(value, offset)\n\t\tok = true", "aud as a number is an empty list"},
	)
}
