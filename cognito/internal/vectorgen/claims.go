package main

import (
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

const (
	claimMissing     = "claim_missing"
	claimInvalid     = "claim_invalid"
	issuerMismatch   = "issuer_mismatch"
	useMismatch      = "token_use_mismatch"
	clientMismatch   = "client_mismatch"
	expired          = "token_expired"
	notYetValid      = "token_not_yet_valid"
	audienceMismatch = "audience_mismatch"
)

// claimsChapter has well-signed tokens with wrong claims.
func claimsChapter(ring *keyring) *chapter {
	c := newChapter(ring, "claims", "Well-signed tokens whose issuer, kind, client, times or audience are wrong, and claims of the wrong JSON kind.")
	c.keySet("other-pool", "The keys of another pool.", setOf(jwk(ring.otherAccess), jwk(ring.otherID)))
	c.config("two pools", "any", twoPools)
	c.config("access, with audiences", "access", func(c *vectors.Config) { c.UserPools[0].Audiences = []string{resource} })
	c.config("access, two clients", "access", func(c *vectors.Config) { c.UserPools[0].ClientIDs = []string{client, otherClient} })
	c.config("any, any client", "any", func(c *vectors.Config) { c.UserPools[0].ClientIDs, c.UserPools[0].AnyClient = nil, true })
	c.config("access, leeway of a minute", "access", func(c *vectors.Config) { c.LeewaySeconds = 60 })
	c.config("access, original issuer only", "access", func(c *vectors.Config) { delete(c.UserPools[0].KeySets, updatedIssuer) })
	claimsIssuer(c)
	claimsUse(c)
	claimsClient(c)
	claimsExpiry(c)
	claimsNotBefore(c)
	claimsAudience(c)
	claimsKinds(c)
	return c
}

func claimsIssuer(c *chapter) {
	const refs = "RFC 7519 §4.1.1; RFC 8725 §3.8"
	is := func(id, code, why, value string) row {
		return row{"iss-" + id, code, "access", why, refs, access(claim("iss", value))}
	}
	host := "https://cognito-idp.us-east-1.amazonaws.com"
	c.add(
		row{"iss-absent", claimMissing, "access", "There is no key without an issuer.", refs, access(without("iss"))},
		is("null", claimInvalid, "iss is a string.", "null"), is("number", claimInvalid, "iss is a string.", "1"), is("list", claimInvalid, "iss is a string.", "["+quoted(issuer)+"]"),
		is("object", claimInvalid, "iss is a string.", "{}"),
		row{"iss-in-capitals", claimMissing, "access", "Names are compared by case: this is no iss.", refs, access(without("iss"), claim("ISS", quoted(issuer)))},
		is("empty", issuerMismatch, "Not ours.", `""`),
		is("slash-after", issuerMismatch, "Issuers are compared as they are, not as addresses.", quoted(issuer+"/")),
		is("host-in-capitals", issuerMismatch, "Issuers are compared as they are.", quoted(strings.Replace(issuer, "cognito-idp", "COGNITO-IDP", 1))),
		is("port", issuerMismatch, "Issuers are compared as they are.", quoted(strings.Replace(issuer, ".com/", ".com:443/", 1))),
		is("plain-http", issuerMismatch, "Issuers are compared as they are.", quoted(strings.Replace(issuer, "https", "http", 1))),
		is("pool-in-lower-case", issuerMismatch, "IDs of pools are compared by case.", quoted(strings.ToLower(issuer))),
		is("prefix", issuerMismatch, "The whole of it counts.", quoted(issuer[:len(issuer)-1])),
		is("longer", issuerMismatch, "The whole of it counts.", quoted(issuer+"0")),
		is("nul-after", issuerMismatch, "Not all languages end a text there.", quoted(issuer+"\x00")),
		is("query", issuerMismatch, "The whole of it counts.", quoted(issuer+"?x")),
		is("dots", issuerMismatch, "No path is resolved.", quoted(host+"/x/../"+poolID)),
		is("pool-id", issuerMismatch, "The ID of the pool is not its issuer.", quoted(poolID)),
		is("another-pool", issuerMismatch, "A pool of the same region that is not ours.", quoted(host+"/us-east-1_Zzzzzzzzz")),
		is("another-region", issuerMismatch, "The same name in another region.", quoted("https://cognito-idp.eu-west-1.amazonaws.com/"+poolID)),
		is("look-alike-host", issuerMismatch, "A host that begins like Amazon's.", quoted(host+".evil.example/"+poolID)),
		is("user-info", issuerMismatch, "A host that looks like Amazon's.", quoted("https://cognito-idp.us-east-1.amazonaws.com@evil.example/"+poolID)),
		is("ends-like-ours", issuerMismatch, "An address that ends like ours.", quoted("https://evil.example/?"+issuer)),
		is("fips-host", issuerMismatch, "The FIPS endpoint serves keys and issues nothing.", quoted("https://cognito-idp-fips.us-east-1.amazonaws.com/"+poolID)),
		row{"iss-updated-not-trusted", issuerMismatch, "access, original issuer only", "Only what is configured is trusted.", refs, access(claim("iss", quoted(updatedIssuer)))},
		row{"iss-and-jku-of-attacker", issuerMismatch, "access", "An issuer of the attacker's, with his key: nothing of it is ever fetched.", refs,
			access(claim("iss", `"https://evil.example"`), param("jku", `"https://evil.example/jwks.json"`), signedBy(c.ring.stranger))},
	)
}

func claimsUse(c *chapter) {
	const refs = "RFC 8725 §3.12"
	c.add(
		row{"id-as-access", useMismatch, "access", "An ID token says who signed in; it is not a permission.", refs, idToken()},
		row{"access-as-id", useMismatch, "id", "The other way round.", refs, access()},
		row{"machine-as-id", useMismatch, "id", "A machine is no user.", refs, machine()},
		row{"id-as-access-with-client-id", useMismatch, "access", "Though it has all that an access token has.", refs, idToken(claim("client_id", quoted(client)), claim("scope", `"aws.cognito.signin.user.admin"`), claim("username", `"alice"`))},
		row{"token-use-absent", claimMissing, "access", "Nothing is guessed.", refs, access(without("token_use"))},
		row{"token-use-absent-any", claimMissing, "any", "Nothing is guessed.", refs, idToken(without("token_use"))},
		row{"token-use-in-capitals", claimMissing, "access", "Names are compared by case: this is no token_use.", refs, access(without("token_use"), claim("TOKEN_USE", `"access"`))},
		row{"token-use-null", claimInvalid, "access", "token_use is a string.", refs, access(claim("token_use", "null"))},
		row{"token-use-list", claimInvalid, "access", "token_use is a string.", refs, access(claim("token_use", `["access"]`))},
		row{"token-use-both", claimInvalid, "any", "token_use is a string.", refs, access(claim("token_use", `["access","id"]`))},
		row{"token-use-number", claimInvalid, "any", "token_use is a string.", refs, access(claim("token_use", "1"))},
		row{"token-use-capital", useMismatch, "access", "Values are compared by case.", refs, access(claim("token_use", `"Access"`))},
		row{"token-use-space", useMismatch, "access", "The whole of it counts.", refs, access(claim("token_use", `"access "`))},
		row{"token-use-empty", useMismatch, "any", "There are two kinds.", refs, access(claim("token_use", `""`))},
		row{"token-use-refresh", useMismatch, "any", "There are two kinds.", refs, access(claim("token_use", `"refresh"`))},
		row{"token-use-any", useMismatch, "any", "any is no kind.", refs, access(claim("token_use", `"any"`))},
	)
}

func claimsClient(c *chapter) {
	const refs = "RFC 7519 §4.1.3; RFC 8725 §3.9"
	c.add(
		row{"client-absent", claimMissing, "access", "An access token names its client.", refs, access(without("client_id"))},
		row{"client-absent-aud-there", claimMissing, "access", "An aud does not stand in for it.", refs, access(without("client_id"), claim("aud", quoted(client)))},
		row{"client-absent-any-client", claimMissing, "any, any client", "It must be there even where every client is accepted.", refs, access(without("client_id"))},
		row{"client-in-capitals", claimMissing, "access", "Names are compared by case: this is no client_id.", refs, access(without("client_id"), claim("CLIENT_ID", quoted(client)))},
		row{"client-in-proto", claimMissing, "access", "For those who copy claims into an object of JavaScript.", "CWE-1321", access(without("client_id"), claim("__proto__", `{"client_id":`+quoted(client)+"}"))},
		row{"client-null", claimInvalid, "access", "client_id is a string.", refs, access(claim("client_id", "null"))},
		row{"client-list", claimInvalid, "access", "client_id is a string.", refs, access(claim("client_id", "["+quoted(client)+"]"))},
		row{"client-number", claimInvalid, "access", "client_id is a string.", refs, access(claim("client_id", "1"))},
		row{"client-list-any-client", claimInvalid, "any, any client", "Even where every client is accepted.", refs, access(claim("client_id", "[]"))},
		row{"client-other", clientMismatch, "access", "The signature is valid, and the token is for another client.", refs, access(claim("client_id", quoted(otherClient)))},
		row{"client-other-aud-ours", clientMismatch, "access", "An aud does not stand in for it.", refs, access(claim("client_id", quoted(otherClient)), claim("aud", quoted(client)))},
		row{"client-empty", clientMismatch, "access", "No client.", refs, access(claim("client_id", `""`))},
		row{"client-other-case", clientMismatch, "access", "Clients are compared by case.", refs, access(claim("client_id", quoted(strings.ToUpper(client))))},
		row{"client-prefix", clientMismatch, "access", "The whole of it counts.", refs, access(claim("client_id", quoted(client[:8])))},
		row{"client-nul-after", clientMismatch, "access", "Not all languages end a text there.", refs, access(claim("client_id", quoted(client+"\x00")))},
		row{"client-two-in-one", clientMismatch, "access, two clients", "A list in a string is no client.", refs, access(claim("client_id", quoted(client+","+otherClient)))},
		row{"client-of-other-pool", clientMismatch, "two pools", "A client is accepted of its own pool only.", refs, access(claim("client_id", quoted(otherClient)))},
		row{"machine-other-client", clientMismatch, "access", "Machines too.", refs, machine(claim("client_id", quoted(otherClient)))},
		row{"id-aud-absent", claimMissing, "id", "An ID token names its client in aud.", refs, idToken(without("aud"))},
		row{"id-aud-absent-client-id-there", claimMissing, "id", "A client_id does not stand in for it.", refs, idToken(without("aud"), claim("client_id", quoted(client)))},
		row{"id-aud-in-capitals", claimMissing, "id", "Names are compared by case: this is no aud.", refs, idToken(without("aud"), claim("AUD", quoted(client)))},
		row{"id-aud-other", clientMismatch, "id", "For another client.", refs, idToken(claim("aud", quoted(otherClient)))},
		row{"id-aud-other-client-id-ours", clientMismatch, "id", "A client_id does not stand in for it.", refs, idToken(claim("aud", quoted(otherClient)), claim("client_id", quoted(client)))},
		row{"id-aud-empty", clientMismatch, "id", "No client.", refs, idToken(claim("aud", `""`))},
		row{"id-aud-list", claimInvalid, "id", "Cognito writes a string; lists of readers are how tokens for others got accepted.", "CVE-2020-26160", idToken(claim("aud", "["+quoted(client)+"]"))},
		row{"id-aud-list-of-two", claimInvalid, "id", "One of them is not ours.", "CVE-2020-26160", idToken(claim("aud", "["+quoted(client)+","+quoted(otherClient)+"]"))},
		row{"id-aud-list-empty", claimInvalid, "id", "An empty list slipped through.", "CVE-2020-26160", idToken(claim("aud", "[]"))},
		row{"id-aud-list-any-client", claimInvalid, "any, any client", "Even where every client is accepted.", "CVE-2020-26160", idToken(claim("aud", "["+quoted(client)+"]"))},
		row{"id-aud-number", claimInvalid, "id", "aud is a string.", refs, idToken(claim("aud", "1"))},
		row{"id-aud-null", claimInvalid, "id", "aud is a string.", refs, idToken(claim("aud", "null"))},
		row{"id-aud-object", claimInvalid, "id", "aud is a string.", refs, idToken(claim("aud", "{"+quoted(client)+":true}"))},
	)
}

func claimsExpiry(c *chapter) {
	const refs = "RFC 7519 §4.1.4"
	is := func(id, code, why, value string) row {
		return row{"exp-" + id, code, "access", why, refs, access(claim("exp", value))}
	}
	c.add(
		row{"exp-absent", claimMissing, "access", "A token without an end is good for ever.", refs, access(without("exp"))},
		row{"exp-absent-id", claimMissing, "id", "A token without an end is good for ever.", refs, idToken(without("exp"))},
		row{"exp-in-the-header", claimMissing, "access", "Claims are in the payload.", refs, access(without("exp"), param("exp", strconv.Itoa(now+60)))},
		row{"exp-below", claimMissing, "access", "Claims are at the top.", refs, access(without("exp"), claim("claims", `{"exp":`+strconv.Itoa(now+60)+"}"))},
		row{"exp-with-a-nul", claimMissing, "access", "Not all languages end a name there.", refs, access(without("exp"), moreClaims(`"exp\u0000"`, strconv.Itoa(now+60)))},
		row{"exp-in-capitals", claimMissing, "access", "Names are compared by case: this is no exp.", refs, access(without("exp"), claim("EXP", strconv.Itoa(now+60)))},
		is("now", expired, "Good until exp, and not at it.", strconv.Itoa(now)),
		is("second-ago", expired, "Over.", strconv.Itoa(now-1)),
		is("part-of-a-second-ago", expired, "Fractions count.", strconv.Itoa(now-1)+".75"),
		is("zero", expired, "Long ago.", "0"),
		is("minus-zero", expired, "-0 is 0.", "-0"),
		is("tiny", expired, "A fraction that is 0 for most readers.", "1e-300"),
		row{"exp-id", expired, "id", "ID tokens too.", refs, idToken(claim("exp", strconv.Itoa(now-1)))},
		row{"exp-leeway-over", expired, "access, leeway of a minute", "60 s late, with a leeway of 60 s.", refs, access(claim("exp", strconv.Itoa(now-60)))},
		is("string", claimInvalid, "A number, not its text.", quoted(strconv.Itoa(now+60))),
		is("string-empty", claimInvalid, "A number.", `""`), is("null", claimInvalid, "A number.", "null"), is("true", claimInvalid, "A number.", "true"),
		is("list", claimInvalid, "A number.", "["+strconv.Itoa(now+60)+"]"), is("object", claimInvalid, "A number.", `{"$numberLong":"`+strconv.Itoa(now+60)+`"}`),
		is("date", claimInvalid, "A number.", `"2026-01-01T13:00:00Z"`),
		is("negative", claimInvalid, "Times are from 0 to 2^53.", "-1"),
		is("barely-negative", claimInvalid, "Times are from 0 to 2^53.", "-0.0001"),
		is("over-2-53", claimInvalid, "Times are from 0 to 2^53.", "9007199254740994"),
		is("2-53-and-one", claimInvalid, "The first integer that a double cannot hold: it becomes 2^53 in the reading.", "9007199254740993"),
		is("huge", claimInvalid, "Times are from 0 to 2^53.", "1e300"),
		is("infinite", claimInvalid, "Over all doubles: infinity for some readers.", "1e999"),
		is("2-63", claimInvalid, "One more than a signed integer of 64 bits holds.", "9223372036854775808"),
		is("2-64", claimInvalid, "0 for those who cut it to 64 bits.", "18446744073709551616"),
		is("many-digits", claimInvalid, "Four hundred digits.", strings.Repeat("9", 400)),
	)
}

func claimsNotBefore(c *chapter) {
	const refs = "RFC 7519 §4.1.5"
	is := func(id, code, why, value string) row {
		return row{"nbf-" + id, code, "access", why, refs, access(claim("nbf", value))}
	}
	c.add(
		is("next-second", notYetValid, "Not yet.", strconv.Itoa(now+1)),
		is("part-of-a-second", notYetValid, "Fractions count.", strconv.Itoa(now)+".25"),
		is("2-53", notYetValid, "The last time that is one.", "9007199254740992"),
		row{"nbf-id", notYetValid, "id", "ID tokens too.", refs, idToken(claim("nbf", strconv.Itoa(now+60)))},
		row{"nbf-leeway-over", notYetValid, "access, leeway of a minute", "61 s early, with a leeway of 60 s.", refs, access(claim("nbf", strconv.Itoa(now+61)))},
		is("string", claimInvalid, "A number, not its text.", `"0"`), is("null", claimInvalid, "A number.", "null"), is("list", claimInvalid, "A number.", "[0]"),
		is("false", claimInvalid, "A number.", "false"), is("negative", claimInvalid, "Times are from 0 to 2^53.", "-1"),
		is("under-zero-for-no-double", claimInvalid, "Less than 0, though a double makes it -0.", "-1e-400"),
		is("infinite", claimInvalid, "Over all doubles.", "1e999"),
	)
}

func claimsAudience(c *chapter) {
	const refs = "RFC 8707 §3; RFC 9068 §4"
	bound := func(id, code, why, value string) row {
		return row{"aud-" + id, code, "access, with audiences", why, refs, access(claim("aud", value))}
	}
	c.add(
		bound("other", audienceMismatch, "Bound to another resource.", `"https://other.example.com"`),
		bound("ours-and-other", audienceMismatch, "Another service accepts it too, and could have stored it.", `["`+resource+`","https://other.example.com"]`),
		bound("other-and-client", audienceMismatch, "The client does not make up for the rest.", `["`+client+`","https://other.example.com"]`),
		bound("slash-after", audienceMismatch, "Audiences are compared as they are.", quoted(resource+"/")),
		bound("other-case", audienceMismatch, "Audiences are compared as they are.", quoted(strings.ToUpper(resource))),
		bound("prefix", audienceMismatch, "The whole of it counts.", quoted(resource[:len(resource)-1])),
		bound("two-in-one", audienceMismatch, "A list in a string is no audience.", quoted(resource+" https://other.example.com")),
		bound("empty", audienceMismatch, "No audience.", `""`),
		bound("empty-in-list", audienceMismatch, "No audience.", `["`+resource+`",""]`),
		bound("list-empty", audienceMismatch, "Bound to nothing is not unbound.", "[]"),
		bound("other-client", audienceMismatch, "A client that is not the token's own.", quoted(otherClient)),
		row{"aud-not-configured", audienceMismatch, "access", "No audience is accepted where none is configured.", refs, access(claim("aud", quoted(resource)))},
		row{"aud-other-accepted-client", audienceMismatch, "access, two clients", "An accepted client, but not the token's own.", refs, access(claim("aud", quoted(otherClient)))},
		row{"aud-machine", audienceMismatch, "access", "Machines too.", refs, machine(claim("aud", quoted(resource)))},
		bound("null", claimInvalid, "A string or a list of strings.", "null"), bound("number", claimInvalid, "A string or a list of strings.", "1"),
		bound("true", claimInvalid, "A string or a list of strings.", "true"), bound("object", claimInvalid, "A string or a list of strings.", `{"0":"`+resource+`"}`),
		bound("mixed-list", claimInvalid, "A string or a list of strings.", `["`+resource+`",null]`),
		bound("list-in-list", claimInvalid, "A string or a list of strings.", `[["`+resource+`"]]`),
	)
}

// claimsKinds has every other known claim in a JSON kind that it cannot have. An
// application that trusts the token's fields must not meet a surprise there.
func claimsKinds(c *chapter) {
	const why = "A known claim of the wrong JSON kind: a reader would treat it as absent, or guess."
	for _, kind := range []struct{ name, value string }{
		{"sub", "5"}, {"jti", "[]"}, {"origin_jti", "1"}, {"event_id", "true"}, {"username", "null"}, {"acr", "2"}, {"device_key", "{}"},
		{"iat", `"1767268200"`}, {"auth_time", `"1767268200"`}, {"scope", `["orders/read"]`}, {"cognito:groups", `"admins"`}, {"amr", `"pwd"`}, {"version", `"2"`},
	} {
		c.add(row{"kind-" + strings.ReplaceAll(kind.name, ":", "-"), claimInvalid, "access", why, "", access(claim(kind.name, kind.value))})
	}
	for _, kind := range []struct{ name, value string }{
		{"cognito:username", "5"}, {"nonce", "5"}, {"at_hash", "null"}, {"cognito:preferred_role", "{}"}, {"cognito:roles", `"arn"`},
	} {
		c.add(row{"kind-id-" + strings.ReplaceAll(kind.name, ":", "-"), claimInvalid, "id", why, "", idToken(claim(kind.name, kind.value))})
	}
	c.add(
		row{"kind-groups-of-numbers", claimInvalid, "access", why, "", access(claim("cognito:groups", `["a",1]`))},
		row{"kind-groups-null", claimInvalid, "access", why, "", access(claim("cognito:groups", "null"))},
		row{"kind-iat-negative", claimInvalid, "access", "Times are from 0 to 2^53.", "", access(claim("iat", "-1"))},
		row{"kind-auth-time-infinite", claimInvalid, "access", "Times are from 0 to 2^53.", "", access(claim("auth_time", "1e999"))},
		row{"kind-sub-null", claimInvalid, "access", why, "", access(claim("sub", "null"))},
	)
}
