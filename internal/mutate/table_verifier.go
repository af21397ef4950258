package main

// verifierMutations breaks the way of a token through the verifier, the cache, and
// the choice of an issuer.
func verifierMutations() []mutation {
	list := in("verifier.go", verifierTests,
		skip("size not limited", "if ", `len(raw) > v.maxBytes`, " {", "a megabyte of token is decoded"),
		edit{"size limited one byte early", `len(raw) > v.maxBytes`, `len(raw) >= v.maxBytes`, "the limit is not what is documented"},
		edit{"known tokens not judged again", "v.judge(ctx, t, Raw(raw), now, use, requirements); refusal != nil", "v.judge(ctx, t, Raw(raw), now, use, requirements); false && refusal != nil", "a known token is good after exp, revocation, and for any call"},
		edit{"key of known tokens not asked for", `if now, ok := v.current(ctx, t); ok {`, `if now, ok := v.current(ctx, t); ok || true {`, "a known token outlives its key"},
		edit{"key of known tokens compared by name", `return v.now(), err == nil && key == t.key`, `return v.now(), err == nil && key.ID() == t.key.ID()`, "a known token outlives the key that was replaced under its name"},
		edit{"known tokens judged at the time before the wait", `return v.now(), err == nil && key == t.key`, `return now, err == nil && key == t.key`, "a token that expires while keys are fetched is accepted"},
		skip("Config.Now taken for the sources' clock", "if ", `v.ownNow`, " {", "a clock of its own keeps stale keys in use"),
		edit{"new tokens not judged", "v.judge(ctx, t, Raw(raw), v.now(), use, requirements); refusal != nil", "v.judge(ctx, t, Raw(raw), v.now(), use, requirements); false && refusal != nil", "the signature is all that counts"},
		edit{"signature not checked", "if jws.VerifyRS256(key.Public()) != nil {\n\t\t// With", "if false {\n\t\t// With", "anyone can write tokens"},
		edit{"replacement not asked for", `key, err = i.keys.Replacement(ctx, key)`, `key = nil`, "a key replaced under its name is not found until the next refresh"},
		edit{"signature not checked by the replacement", ` || key == nil || jws.VerifyRS256(key.Public()) != nil`, ` || key == nil`, "after a replacement any signature holds, once"},
		skip("a replaced key's token called forged for want of time", "if ", `err != nil && ctx.Err() != nil`, " {", "who waits too short a time is told that a good token is bad"),
		edit{"a replaced key not noted", `key, err = i.keys.Replacement(ctx, key)`, "old := key\n\t\tdefer func() { t.key = old }()\n\t\tkey, err = i.keys.Replacement(ctx, key)", "the token that finds a new key is verified anew each time"},
		edit{"Config.Clock taken for that of a KeySet", `if !t.issuer.ownKeys {`, `if true || !t.issuer.ownKeys {`, "a key set with a clock of its own is used past its limit"},
		edit{"lists not read", `t.readLists(jws.Payload)`, `_ = jws.Payload`, "a token has neither scopes nor groups nor audiences"},
		edit{"lists read before the signature", `i, refusal := v.trusted(ctx, t)`, "t.readLists(jws.Payload)\n\ti, refusal := v.trusted(ctx, t)", "a token that nobody signed costs more than one that is signed"},
		edit{"refused tokens kept", `t.readLists(jws.Payload)`, "t.readLists(jws.Payload)\n\tv.cache.keep(own, t)", "refused tokens drive the good ones out of the cache"},
		skip("an unknown key taken for an outage", "case ", `errors.Is(err, keyset.ErrKeyNotFound)`, ":", "forged names are answered 503"),
		skip("an encrypted token called malformed", "case ", `errors.Is(err, jose.ErrEncrypted)`, ":", "who sends a refresh token is not told"),
		edit{"algorithm not checked", `return t, raw, checkAlgorithm(jws)`, "_ = checkAlgorithm(jws)\n\treturn t, raw, nil", "tokens of any algorithm get as far as the signature"},
	)
	list = append(list, in("cache.go", verifierTests,
		edit{"known tokens compared by their ends", `if !ok || e.raw != raw {`, `if !ok {`, "the signature of a known token makes any payload good"},
	)...)
	list = append(list, in("cache.go", verifierTests,
		edit{"lists weigh nothing", `size += text *`, `size += 0 * text *`, "tokens of many groups take more memory than the bound"},
		edit{"identities weigh nothing", `size += identity *`, `size += 0 * identity *`, "tokens of many identities take more memory than the bound"},
	)...)
	bounded := []tests{{folder: ".", run: "TestCacheIsBounded"}}
	list = append(list, in("cache.go", bounded,
		edit{"entries weigh nothing", `return e.weight() }`, `return min(e.weight(), 1) }`, "the cache grows without bound"},
	)...)
	return append(list, in("pool.go", verifierTests,
		edit{"any issuer trusted", "if !trusted {\n", "for _, other := range is.byName {\n\t\tif !trusted {\n\t\t\treturn other, nil\n\t\t}\n\t}\n\tif !trusted {\n", "iss is not looked up"},
		edit{"iss may be absent", `t.known(claimIssuer, true)`, `t.known(claimIssuer, false)`, "what is missing is not said"},
		edit{"403 taken for not switched without the original issuer's keys", `i.original.keys.Load(ctx) == nil {`, `(i.original.keys.Load(ctx) == nil || true) {`, "a proxy's 403 is an answer about keys"},
		edit{"any failure taken for not switched", `return ok && (unavailable.Absent() || i.absentUntil.Load() != 0)`, `return ok && (unavailable.Absent() || true)`, "an outage of the updated issuer makes its tokens bad"},
		edit{"absence forgotten in an outage", `(unavailable.Absent() || i.absentUntil.Load() != 0)`, `unavailable.Absent()`, "forged names are answered 503"},
		edit{"a pool's only issuer may be not switched", `i.original == nil || `, ``, "a pool with an issuer of its own brings the process down"},
		edit{"the original issuer may be not switched", `p.issuers[1].original = p.issuers[0]`, `p.issuers[1].original, p.issuers[0].original = p.issuers[0], p.issuers[1]`, "a proxy's 403 makes good tokens bad for ten minutes"},
		edit{"the second answer not looked at", `if err = question(); i.saysAbsent(ctx, err) {`, `if err = question(); true || i.saysAbsent(ctx, err) {`, "a 403 outweighs the keys that came later"},
		edit{"absence ended by the key alone", `if err == nil || errors.Is(err, keyset.ErrKeyNotFound) {`, `if err == nil {`, "an outage after the switch makes good tokens bad"},
		edit{"absence not obeyed by a warm-up", `errs[n] = i.load(ctx)`, `errs[n] = i.keys.Load(ctx)`, "each readiness probe asks Amazon for a set that is not there"},
		edit{"one copy for all addresses of a pool", `id.text + "." + hex.EncodeToString(sum[:8]) + ".json"`, `id.text + hex.EncodeToString(sum[:0]) + ".json"`, "a local pool's keys are good for Amazon's issuer"},
		edit{"a caller who gave up decides", ` || ctx.Err() != nil`, ``, "who gives up at a cold start is told that there is no key"},
		edit{"an absent issuer asked all the time", `if i.absent() {`, `if false && i.absent() {`, "each forged token asks Amazon for a set that is not there"},
		edit{"an absent issuer never asked again", `left > 0 && left <= absentFor`, `left <= absentFor`, "a pool that is switched later is never accepted"},
		edit{"a clock set back prolongs absence", `left > 0 && left <= absentFor`, `left > 0`, "a pool that is switched later is not accepted for years"},
		edit{"absence never forgotten", `if i.absentUntil.Load() != 0 {`, `if false {`, "an outage after the switch makes good tokens bad"},
		edit{"a pool is ready with nothing", "if err == nil {\n\t\t\treturn nil", "if err != nil {\n\t\t\treturn nil", "a warm-up that failed is called good"},
	)...)
}

// configMutations breaks what is refused before there is a verifier.
func configMutations() []mutation {
	return append(in("config.go", verifierTests,
		skip("no user pool let through", "if ", `len(c.UserPools) == 0 && c.Resolve == nil`, " {", "a verifier that trusts nothing says nothing"),
		skip("negative leeway let through", "if ", `c.Leeway < 0`, " {", "tokens end early"),
		skip("clients may be left out", "case ", `len(p.ClientIDs) == 0 && !p.InsecureSkipClientCheck`, ":", "the zero value accepts every client"),
		skip("a contradiction about clients let through", "case ", `len(p.ClientIDs) > 0 && p.InsecureSkipClientCheck`, ":", "clients are named and not compared"),
		skip("empty names of clients let through", "if ", `name == "" || strings.ContainsAny(name, " \t\r\n")`, " {", "a token with an empty client is accepted"),
		skip("a pool twice let through", "if ", `p.ID == other.ID && p.ID != ""`, " {", "which clients count depends on the order"),
		skip("two pools of one issuer let through", "if ", `p.sharesIssuer(other)`, " {", "which pool's clients count depends on the order"),
		edit{"two pools of one issuer told by their spelling", `strings.TrimSuffix(p.Issuer, "/")`, `p.Issuer`, "a slash at the end makes two issuers of one"},
		skip("faulty requirements let through", "if err := r.Err(); ", `err != nil`, " {", "a mistake shows with the first token only"),
		edit{"plain http let through", `u.Scheme != "http" || (!plainHTTP && !isLoopback(u.Hostname()))`, `u.Scheme != "http"`, "who is on the way can have any token accepted"},
		skip("user info in an issuer let through", "case ", `u.User != nil || u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#")`, ":", "an issuer is another address than it looks like"),
		edit{"localhost by prefix", `host == "localhost" ||`, `strings.HasPrefix(host, "localhost") ||`, "localhost.example.com is asked by plain http"},
	), in("poolid.go", verifierTests,
		edit{"any region let through", `!found || !isRegion(region) || `, `!found || `, "a pool ID names a host of its own choice"},
		edit{"any pool name let through", ` || !isAlphanumeric(name)`, ` || name == ""`, "a pool ID leads to another path"},
		skip("length of pool IDs not limited", "case ", `len(s) > maxPoolID`, ":", "a pool ID is of any length"),
	)...)
}
