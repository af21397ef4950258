package main

import (
	"strconv"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// The codes of requirements.
const (
	nonceMismatch = "nonce_mismatch"
	revoked       = "token_revoked"
	tooWeak       = "authentication_too_weak"
	tooOld        = "authentication_too_old"
	scopeMissing  = "scope_missing"
	groupMissing  = "group_missing"
	claimMismatch = "claim_mismatch"
)

// requirementsChapter has good tokens that meet the requirements, or do not.
func requirementsChapter(ring *keyring) *chapter {
	c := newChapter(ring, "requirements", "Good tokens, and what is asked of them beside being good.")
	requireNonce(c)
	requireRevoked(c)
	requireACR(c)
	requireAuthTime(c)
	requireAudience(c)
	requireScopes(c)
	requireGroups(c)
	requireClaims(c)
	return c
}

func requireNonce(c *chapter) {
	const refs = "OpenID Connect Core §3.1.3.7"
	for _, use := range []string{"id", "access", "any"} {
		c.config(use+", nonce", use, requiring(vectors.Require{Nonce: "n-0S6_WzA2Mj"}))
	}
	is := func(id, code, why, value string) row {
		return row{"nonce-" + id, code, "id, nonce", why, refs, idToken(claim("nonce", value))}
	}
	c.add(
		is("right", "", "The one of this sign-in.", `"n-0S6_WzA2Mj"`),
		is("other", nonceMismatch, "Of another sign-in.", `"other"`), is("empty", nonceMismatch, "None.", `""`), is("longer", nonceMismatch, "The whole of it counts.", `"n-0S6_WzA2Mjx"`), is("other-case", nonceMismatch, "Compared by case.", `"N-0s6_wZa2mJ"`),
		row{"nonce-absent", nonceMismatch, "id, nonce", "None.", refs, idToken()},
		row{"nonce-in-access-token", nonceMismatch, "access, nonce", "Only ID tokens have one: this is a custom claim.", refs, access(claim("nonce", `"n-0S6_WzA2Mj"`))},
		row{"nonce-any", "", "any, nonce", "Where either kind is accepted.", refs, idToken(claim("nonce", `"n-0S6_WzA2Mj"`))},
		row{"nonce-list", claimInvalid, "id, nonce", "A nonce is a string.", refs, idToken(claim("nonce", `["n-0S6_WzA2Mj"]`))},
		row{"nonce-not-asked", "", "id", "Cognito invents one where the client sent none.", "", idToken(claim("nonce", `"x"`))},
	)
}

func requireRevoked(c *chapter) {
	for _, use := range []string{"access", "id"} {
		c.config(use+", revoked", use, func(c *vectors.Config) { c.RevokedOriginJTIs = []string{"another", originJTI} })
		c.config(use+", another revoked", use, func(c *vectors.Config) { c.RevokedOriginJTIs = []string{"another"} })
	}
	c.add(
		row{"revoked-access", revoked, "access, revoked", "All tokens of a sign-in share origin_jti.", "", access()},
		row{"revoked-id", revoked, "id, revoked", "All tokens of a sign-in share origin_jti.", "", idToken()},
		row{"revoked-another", "", "access, another revoked", "Another sign-in was revoked.", "", access()},
		row{"revoked-machine", "", "access, revoked", "A machine's token has no origin_jti.", "", machine()},
		row{"revoked-and-expired", expired, "access, revoked", "Time comes first.", "", access(claim("exp", "1"))},
	)
}

func requireACR(c *chapter) {
	const refs = "RFC 9470 §4"
	c.config("access, level 2", "access", requiring(vectors.Require{ACR: "urn:cognito:loa:2"}))
	c.config("id, level 2", "id", requiring(vectors.Require{ACR: "urn:cognito:loa:2"}))
	is := func(id, code, why, value string) row {
		return row{"acr-" + id, code, "access, level 2", why, refs, access(claim("acr", value))}
	}
	c.add(
		is("same", "", "The level that is asked for.", `"urn:cognito:loa:2"`), is("higher", "", "A higher level.", `"urn:cognito:loa:4"`), is("ten", "", "Levels are numbers, not texts: 10 is over 2.", `"urn:cognito:loa:10"`),
		is("lower", tooWeak, "A lower level.", `"urn:cognito:loa:1"`), is("zero", tooWeak, "There is no level 0.", `"urn:cognito:loa:0"`), is("negative", tooWeak, "No level.", `"urn:cognito:loa:-3"`),
		is("number", tooWeak, "A number is no level by itself.", `"3"`), is("zero-before", tooWeak, "Levels have one spelling.", `"urn:cognito:loa:03"`), is("plus", tooWeak, "Levels have one spelling.", `"urn:cognito:loa:+3"`),
		is("capitals", tooWeak, "Compared by case.", `"URN:COGNITO:LOA:3"`), is("space", tooWeak, "Levels have one spelling.", `"urn:cognito:loa:3 "`), is("foreign", tooWeak, "Not a level of Cognito.", `"urn:mace:incommon:iap:gold"`),
		is("empty", tooWeak, "None.", `""`), is("huge", tooWeak, "No level has so many digits.", `"urn:cognito:loa:99999999999999999999999"`), is("of-numbers", claimInvalid, "acr is a string.", "3"),
		row{"acr-absent", tooWeak, "access, level 2", "None.", refs, access()},
		row{"acr-id", tooWeak, "id, level 2", "ID tokens too.", refs, idToken(claim("acr", `"urn:cognito:loa:1"`))},
		row{"acr-id-higher", "", "id, level 2", "ID tokens too.", refs, idToken(claim("acr", `"urn:cognito:loa:3"`))},
	)
}

func requireAuthTime(c *chapter) {
	const refs = "RFC 9470 §4"
	c.config("access, recent", "access", requiring(vectors.Require{MaxAuthAgeSeconds: 300}))
	c.config("access, recent, leeway of a minute", "access", requiring(vectors.Require{MaxAuthAgeSeconds: 300}), func(c *vectors.Config) { c.LeewaySeconds = 60 })
	is := func(id, code, why, value string) row {
		return row{"auth-time-" + id, code, "access, recent", why, refs, access(claim("auth_time", value))}
	}
	c.add(
		is("now", "", "Just now.", strconv.Itoa(now)), is("edge", "", "As long ago as is allowed.", strconv.Itoa(now-300)),
		is("over", tooOld, "A second more.", strconv.Itoa(now-301)), is("part-over", tooOld, "Fractions count.", strconv.Itoa(now-301)+".5"), is("zero", tooOld, "Long ago.", "0"),
		is("string", claimInvalid, "auth_time is a number.", quoted(strconv.Itoa(now))), is("null", claimInvalid, "auth_time is a number.", "null"),
		row{"auth-time-absent", tooOld, "access, recent", "None.", refs, access(without("auth_time"))},
		row{"auth-time-iat-is-newer", tooOld, "access, recent", "A refreshed token is no new sign-in.", refs, access(claim("iat", strconv.Itoa(now)), claim("auth_time", strconv.Itoa(now-86400)))},
		row{"auth-time-leeway", tooOld, "access, recent, leeway of a minute", "The leeway is for exp and nbf.", refs, access(claim("auth_time", strconv.Itoa(now-301)))},
	)
}

func requireAudience(c *chapter) {
	const refs = "RFC 8707 §3"
	c.config("access, audience", "access", requiring(vectors.Require{Audiences: []string{resource}}), func(c *vectors.Config) {
		c.UserPools[0].Audiences = []string{resource, "https://billing.example.com"}
	})
	c.config("id, audience", "id", requiring(vectors.Require{Audiences: []string{resource}}))
	c.config("id, audience of a client's name", "id", requiring(vectors.Require{Audiences: []string{client}}))
	c.add(
		row{"audience-id-of-a-clients-name", audienceMismatch, "id, audience of a client's name", "Not even where the resource has the client's name: an ID token is bound to no resource.", refs, idToken()},
		row{"audience-there", "", "access, audience", "Bound to the resource.", refs, access(claim("aud", quoted(resource)))},
		row{"audience-among", "", "access, audience", "Bound to it and another one of ours.", refs, access(claim("aud", `["https://billing.example.com","`+resource+`"]`))},
		row{"audience-unbound", audienceMismatch, "access, audience", "Bound to nothing.", refs, access()},
		row{"audience-another", audienceMismatch, "access, audience", "Bound to another one of ours.", refs, access(claim("aud", `"https://billing.example.com"`))},
		row{"audience-client", audienceMismatch, "access, audience", "Bound to its client only.", refs, access(claim("aud", quoted(client)))},
		row{"audience-foreign-too", audienceMismatch, "access, audience", "Bound to it and to another resource.", refs, access(claim("aud", `["`+resource+`","https://other.example.com"]`))},
		row{"audience-id", audienceMismatch, "id, audience", "An ID token is for its client.", refs, idToken()},
	)
}

func requireScopes(c *chapter) {
	const refs = "RFC 6749 §3.3; RFC 6750 §3.1"
	all, one := requiring(vectors.Require{Scopes: []string{"orders/read", "orders/write"}}), requiring(vectors.Require{AnyScope: []string{"orders/read", "orders/admin"}})
	c.config("access, scopes", "access", all)
	c.config("access, any scope", "access", one)
	c.config("any, scopes", "any", all)
	c.config("any, any scope", "any", one)
	is := func(id, code, config, why, value string) row {
		return row{"scopes-" + id, code, config, why, refs, access(claim("scope", escaped(value)))}
	}
	c.add(
		is("all", "", "access, scopes", "Both, among others.", "openid orders/write x orders/read"),
		is("some", scopeMissing, "access, scopes", "One of two.", "orders/read"), is("none", scopeMissing, "access, scopes", "None of two.", ""),
		is("other-case", scopeMissing, "access, scopes", "Scopes are compared by case.", "Orders/Read Orders/Write"), is("prefix", scopeMissing, "access, scopes", "The whole of it counts.", "orders/read orders/write2 orders"),
		is("commas", scopeMissing, "access, scopes", "Only spaces separate scopes.", "orders/read,orders/write"), is("tab", scopeMissing, "access, scopes", "Only spaces separate scopes.", "orders/read\torders/write"),
		is("line-break", scopeMissing, "access, scopes", "Only spaces separate scopes.", "orders/read\norders/write"), is("no-break-space", scopeMissing, "access, scopes", "Only spaces separate scopes.", "orders/read\u00a0orders/write"),
		is("many-spaces", "", "access, scopes", "Empty names between are none.", "  orders/read   orders/write "),
		is("any-one", "", "access, any scope", "One of two is enough.", "openid orders/admin"), is("any-none", scopeMissing, "access, any scope", "None of two.", "openid orders/write"),
		row{"scopes-absent", scopeMissing, "access, scopes", "No scope at all.", refs, access(without("scope"))},
		row{"scopes-list", claimInvalid, "access, scopes", "scope is one string.", refs, access(claim("scope", `["orders/read","orders/write"]`))},
		row{"scopes-scp", scopeMissing, "access, scopes", "Other servers' claim of scopes means nothing here.", refs, access(claim("scp", `["orders/read","orders/write"]`), claim("scopes", `"orders/read orders/write"`))},
		row{"scopes-machine", "", "access, scopes", "A machine with both.", refs, machine(claim("scope", escaped("orders/read orders/write")))},
		row{"scopes-id", scopeMissing, "any, scopes", "An ID token grants no scope.", refs, idToken()},
		row{"scopes-id-with-claim", scopeMissing, "any, scopes", "An ID token grants no scope: in it scope is a custom claim, which a trigger can write.", refs, idToken(claim("scope", escaped("orders/read orders/write")))},
		row{"scopes-id-with-claim-any", scopeMissing, "any, any scope", "Nor one of several.", refs, idToken(claim("scope", escaped("orders/read")))},
		row{"scopes-any-access", "", "any, scopes", "An access token where either kind is accepted.", refs, access(claim("scope", escaped("orders/read orders/write")))},
	)
}

func requireGroups(c *chapter) {
	c.config("access, groups", "access", requiring(vectors.Require{Groups: []string{"staff", "a,b"}}))
	c.config("access, any group", "access", requiring(vectors.Require{AnyGroup: []string{"staff", "admins"}}))
	c.config("id, groups", "id", requiring(vectors.Require{Groups: []string{"staff"}}))
	is := func(id, code, config, why, value string) row {
		return row{"groups-" + id, code, config, why, "", access(claim("cognito:groups", value))}
	}
	c.add(
		is("all", "", "access, groups", "Both, among others.", `["x","a,b","staff"]`),
		is("some", groupMissing, "access, groups", "One of two.", `["staff"]`), is("none", groupMissing, "access, groups", "None of two.", `[]`),
		is("other-case", groupMissing, "access, groups", "Groups are compared by case.", `["Staff","A,B"]`), is("split", groupMissing, "access, groups", "Names may hold commas and are not split.", `["staff","a","b"]`),
		is("joined", groupMissing, "access, groups", "Names may hold commas and are not split.", `["staff,a,b"]`), is("spaces", groupMissing, "access, groups", "Names are compared as they are.", `[" staff","a,b "]`),
		is("decomposed", groupMissing, "access, groups", "Names are not normalised: this one has a character of no width.", `["staff\u200b","a,b"]`),
		is("any-one", "", "access, any group", "One of two is enough.", `["admins"]`), is("any-none", groupMissing, "access, any group", "None of two.", `["a,b"]`),
		is("string", claimInvalid, "access, groups", "Groups are a list.", `"staff a,b"`), is("object", claimInvalid, "access, groups", "Groups are a list.", `{"staff":true,"a,b":true}`), is("mixed", claimInvalid, "access, groups", "Groups are strings.", `["staff","a,b",1]`),
		row{"groups-absent", groupMissing, "access, groups", "A user in no group.", "", access()},
		row{"groups-other-claim", groupMissing, "access, groups", "Other servers' claims of groups mean nothing here.", "", access(claim("groups", `["staff","a,b"]`), claim("roles", `["staff","a,b"]`), claim("Cognito:Groups", `["staff","a,b"]`))},
		row{"groups-id", "", "id, groups", "ID tokens have groups too.", "", idToken(claim("cognito:groups", `["staff"]`))},
		row{"groups-id-none", groupMissing, "id, groups", "ID tokens have groups too.", "", idToken()},
	)
}

func requireClaims(c *chapter) {
	c.config("access, claim", "access", requiring(vectors.Require{Claims: map[string][]string{"custom:tier": {"gold", "true", "7"}}}))
	is := func(id, code, why, value string) row {
		return row{"claim-" + id, code, "access, claim", why, "", access(claim("custom:tier", value))}
	}
	c.add(
		is("string", "", "One of the values.", `"gold"`), is("escaped", "", "An escaped letter is that letter.", `"\u0067old"`), is("boolean", "", "As it is spelled.", "true"), is("number", "", "As it is spelled.", "7"), is("among", "", "A list of strings with one of the values.", `["x","gold"]`),
		is("other", claimMismatch, "None of the values.", `"silver"`), is("other-case", claimMismatch, "Compared by case.", `"Gold"`), is("null", claimMismatch, "No value.", "null"), is("number-otherwise", claimMismatch, "Not as it is spelled.", "7.0"),
		is("object", claimMismatch, "Nothing that can be compared.", `{"gold":true}`), is("list-of-numbers", claimMismatch, "A list of strings only.", "[7]"), is("list-mixed", claimMismatch, "A list of strings only.", `["gold",7]`), is("list-in-list", claimMismatch, "A list of strings only.", `[["gold"]]`), is("list-empty", claimMismatch, "No value.", "[]"),
		row{"claim-absent", claimMismatch, "access, claim", "No value.", "", access()},
		row{"claim-name-in-other-case", claimMismatch, "access, claim", "Names are compared by case.", "", access(claim("Custom:Tier", `"gold"`))},
	)
}
