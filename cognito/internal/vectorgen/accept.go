package main

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// acceptChapter has good tokens. Some of them are unusual.
func acceptChapter(ring *keyring) *chapter {
	c := newChapter(ring, "accept", "Good tokens, among them unusual ones that a strict verifier must not refuse.")
	c.config("access, with audiences", "access", func(c *vectors.Config) {
		c.UserPools[0].Audiences = []string{resource, "https://billing.example.com"}
	})
	c.config("access, any client", "access", func(c *vectors.Config) {
		c.UserPools[0].ClientIDs, c.UserPools[0].AnyClient = nil, true
	})
	c.config("access, two clients", "access", func(c *vectors.Config) { c.UserPools[0].ClientIDs = []string{otherClient, client} })
	c.config("access, leeway of a minute", "access", func(c *vectors.Config) { c.LeewaySeconds = 60 })
	c.config("two pools", "any", twoPools)
	c.keySet("other-pool", "The keys of another pool.", setOf(jwk(ring.otherAccess), jwk(ring.otherID)))
	acceptPlain(c)
	acceptText(c)
	acceptClaims(c)
	acceptTimes(c)
	acceptHeader(c)
	return c
}

// twoPools trusts another pool as well, with a client of its own.
func twoPools(c *vectors.Config) {
	c.UserPools = append(c.UserPools, vectors.UserPool{
		ID: otherPoolID, ClientIDs: []string{otherClient}, KeySets: map[string]string{otherIssuer: "other-pool"},
	})
}

func acceptPlain(c *chapter) {
	c.add(
		row{"access", "", "access", "A token as Cognito issues it after a sign-in through its API.", "", access()},
		row{"access-any", "", "any", "The same where either kind is accepted.", "", access()},
		row{"id", "", "id", "An ID token as Cognito issues it.", "", idToken()},
		row{"id-any", "", "any", "The same where either kind is accepted.", "", idToken()},
		row{"machine", "", "access", "A token of the client credentials grant has no user.", "RFC 6749 §4.4", machine()},
		row{"updated-issuer", "", "access", "A pool has two issuers since 2026, and its ID stands for both.", "", access(claim("iss", escaped(updatedIssuer)))},
		row{"by-the-other-key", "", "access", "No document says which of the pool's two keys signs which kind.", "", access(signedBy(c.ring.id))},
		row{"id-by-the-other-key", "", "id", "Likewise for ID tokens.", "", idToken(signedBy(c.ring.access))},
		row{"other-pool", "", "two pools", "The second of two pools.", "", access(signedBy(c.ring.otherAccess), claim("iss", escaped(otherIssuer)), claim("client_id", quoted(otherClient)))},
		row{"two-pools-first", "", "two pools", "The first of two pools.", "", access()},
		row{"two-clients", "", "access, two clients", "One of two accepted clients.", "", access()},
		row{"any-client", "", "access, any client", "A client that is named nowhere, where the check is skipped on purpose.", "", access(claim("client_id", `"somebody"`))},
	)
}

func acceptText(c *chapter) {
	escapeAll := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteString(`\u00` + strconv.FormatInt(int64(r), 16))
		}
		return `"` + b.String() + `"`
	}
	spread := func(s string) string {
		return "\r\n\t " + strings.NewReplacer(`":`, "\" :\n ", `,"`, " ,\t\r\n\"").Replace(s) + "\n\n"
	}
	c.add(
		row{"slashes-as-they-are", "", "access", "Cognito escapes slashes in payloads; JSON does not ask for it.", "RFC 8259 §7", access(claim("iss", quoted(issuer)))},
		row{"values-escaped", "", "access", "An escaped letter is that letter.", "RFC 8259 §7", access(claim("token_use", `"\u0061ccess"`), claim("client_id", escapeAll(client)))},
		row{"names-escaped", "", "access", "Names may be escaped as values may.", "RFC 8259 §7", access(without("exp"), moreClaims(`"\u0065xp"`, strconv.Itoa(now+60)))},
		row{"white-space", "", "access", "White space between the tokens of JSON means nothing.", "RFC 8259 §2", access(editPayload("line breaks, tabs and spaces around every member", spread))},
		row{"white-space-in-header", "", "access", "Likewise in the header.", "RFC 8259 §2", access(editHeader("line breaks, tabs and spaces around every member", spread))},
		row{"beyond-ascii", "", "access", "Names of users and groups are UTF-8.", "RFC 8259 §8.1", access(claim("username", `"Zoë 🦊"`), claim("cognito:groups", `["Größe","日本"]`))},
		row{"surrogate-pair", "", "access", "A pair of surrogates is one character.", "RFC 8259 §7", access(claim("username", `"\ud83e\udd8a"`))},
		row{"nul-in-a-claim", "", "access", "An escaped NUL is a character as any other.", "RFC 8259 §7", access(claim("custom:x", `"a\u0000b"`))},
		row{"nested", "", "access", "Custom claims may be objects in objects.", "", access(claim("custom:x", strings.Repeat(`{"a":[`, 20)+strings.Repeat(`]}`, 20)))},
		row{"brackets-in-a-string", "", "access", "Brackets in a string do not nest.", "", access(claim("custom:x", quoted(strings.Repeat(`[{"\`, 200))))},
		row{"long", "", "access", "A token with many groups: no document limits the size.", "", access(claim("cognito:groups", manyGroups()))},
		row{"exactly-the-limit", "", "access", "16384 bytes, the longest token that is looked at.", "", access(ofSize(16384))},
		row{"empty-names", "", "access", "A claim may have any name, an empty one too.", "", access(moreClaims(`""`, "1"), moreClaims(`"\u0000"`, "2"))},
		row{"last-claims-first", "", "access", "The order of claims means nothing; here the known ones come after 6000 bytes of others.", "RFC 8259 §4",
			access(editPayload("a claim of 6000 bytes before all others", func(s string) string {
				return `{"custom:x":"` + strings.Repeat("x", 6000) + `",` + s[1:]
			}))},
	)
}

func manyGroups() string {
	names := make([]string, 150)
	for n := range names {
		names[n] = quoted("group-" + strconv.Itoa(n))
	}
	return "[" + strings.Join(names, ",") + "]"
}

// ofSize fills the payload until the token has that many bytes. Base64 cannot have
// every length: the header helps where the payload cannot.
func ofSize(size int) change {
	return change{"a claim custom:x of as many x as make the token " + strconv.Itoa(size) + " bytes long", func(d *draft) {
		d.set("custom:x", `""`)
		base := objectText(d.payload, nil)
		for fill := range size {
			for _, typ := range []string{"", "J", "JW"} {
				header := objectText(append(append([]member(nil), d.header...), member{`"typ"`, quoted(typ)}), nil)
				text := strings.Replace(base, `"custom:x":""`, `"custom:x":"`+strings.Repeat("x", fill)+`"`, 1)
				if encodedLen(header)+encodedLen(text)+342+2 == size {
					d.headerText, d.payloadText = &header, &text
					return
				}
			}
		}
		panic("vectorgen: no token of that size")
	}}
}

func encodedLen(s string) int { return (len(s)*4 + 2) / 3 }

// profile is why a claim of the user's profile may be of a wrong kind.
const profile = "An attribute of the profile of a wrong JSON kind fails where it is read or required, and not the token."

func acceptClaims(c *chapter) {
	c.add(
		row{"only-the-least", "", "access", "What must be there is iss, exp, token_use and the client; older pools lack some of the rest.", "",
			access(without("sub", "origin_jti", "event_id", "auth_time", "iat", "jti", "scope", "username", "version"))},
		row{"id-only-the-least", "", "id", "Likewise for ID tokens.", "",
			idToken(without("sub", "origin_jti", "event_id", "auth_time", "iat", "jti", "cognito:username", "email", "email_verified"))},
		row{"groups", "", "access", "Names of groups may hold commas, spaces and quotes.", "", access(claim("cognito:groups", `["admins","a,b","c d","\"","[e]"]`))},
		row{"no-groups", "", "access", "An empty list.", "", access(claim("cognito:groups", `[]`))},
		row{"scopes", "", "access", "Scopes are separated by spaces.", "RFC 6749 §3.3", access(claim("scope", escaped("openid orders/read orders/write")))},
		row{"scope-empty", "", "access", "No scope.", "", access(claim("scope", `""`))},
		row{"custom-of-all-kinds", "", "access", "A trigger may add claims of every JSON kind.", "", access(claim("custom:a", `{"x":[1,-2.5e3,null,true]}`), claim("custom:b", `null`), claim("custom:c", `[]`))},
		row{"custom-number-out-of-range", "", "access", "A custom claim is not read, so its size does not matter.", "", access(claim("custom:a", "1e999"), claim("custom:b", strings.Repeat("9", 400)))},
		row{"claim-of-the-other-kind", "", "access", "A claim that only ID tokens have is a custom one here.", "", access(claim("email", "5"), claim("email_verified", `"yes"`), claim("nonce", "[]"), claim("identities", `"x"`))},
		row{"id-claim-of-the-other-kind", "", "id", "And the other way round.", "", idToken(claim("scope", "5"), claim("client_id", "[]"), claim("username", "{}"), claim("version", `"x"`))},
		row{"profile-email", "", "id", profile, "", idToken(claim("email", "[]"))},
		row{"profile-email-verified", "", "id", profile, "", idToken(claim("email_verified", `"true"`))},
		row{"profile-phone-number", "", "id", profile, "", idToken(claim("phone_number", "15555550100"))},
		row{"profile-phone-number-verified", "", "id", profile, "", idToken(claim("phone_number_verified", "1"))},
		row{"profile-identities", "", "id", profile, "", idToken(claim("identities", "{}"))},
		row{"profile-identities-of-strings", "", "id", profile, "", idToken(claim("identities", `["Google"]`))},
		row{"names-in-other-case", "", "access", "Names are compared by case: these are custom claims of no meaning.", "RFC 8259 §4; RFC 7515 §10.13",
			access(claim("EXP", "0"), claim("Token_Use", `"id"`), claim("ISS", `"https://evil.example"`), claim("CLIENT_ID", `"x"`), claim("Aud", `"x"`), claim("ſub", `"admin"`), claim("SCOPE", "0"))},
		row{"crit-in-the-payload", "", "access", "Header parameters have no meaning in the payload.", "RFC 7515 §4.1.11", access(claim("crit", `["exp"]`), claim("b64", "false"), claim("alg", `"none"`), claim("kid", `"x"`))},
		row{"bound", "", "access, with audiences", "Bound to one of our resources.", "RFC 8707 §2", access(claim("aud", escaped(resource)))},
		row{"bound-list", "", "access, with audiences", "Bound to two, both ours.", "RFC 8707 §2; RFC 7519 §4.1.3", access(claim("aud", `["`+resource+`","https://billing.example.com"]`))},
		row{"bound-list-of-one", "", "access, with audiences", "A list of one.", "RFC 7519 §4.1.3", access(claim("aud", `["`+resource+`"]`))},
		row{"bound-to-its-client", "", "access", "A trigger may add an aud, which is the client: it says no more than client_id.", "", access(claim("aud", quoted(client)))},
		row{"bound-to-its-client-and-us", "", "access, with audiences", "Both together.", "", access(claim("aud", `["`+client+`","`+resource+`"]`))},
		row{"identities", "", "id", "Linked accounts: booleans and times are strings there.", "",
			idToken(claim("identities", `[{"userId":"1","providerName":"Google","providerType":"Google","issuer":null,"primary":"true","dateCreated":"1642699117273"}]`))},
		row{"id-all-claims", "", "id", "Every claim that Cognito documents.", "",
			idToken(claim("cognito:roles", `["arn:aws:iam::123456789012:role/a"]`), claim("cognito:preferred_role", `"arn:aws:iam::123456789012:role/a"`),
				claim("nonce", `"n"`), claim("at_hash", `"h"`), claim("acr", `"urn:cognito:loa:2"`), claim("amr", `["pwd","otp"]`), claim("phone_number", `"+15555550100"`), claim("phone_number_verified", "false"), claim("custom:tier", `"gold"`))},
		row{"sub-of-any-form", "", "access", "sub need not be a UUID.", "", access(claim("sub", `"x' OR 1=1"`))},
	)
}

func acceptTimes(c *chapter) {
	at := strconv.Itoa
	c.add(
		row{"exp-next-second", "", "access", "Good until exp, and not at it.", "RFC 7519 §4.1.4", access(claim("exp", at(now+1)))},
		row{"exp-half-a-second", "", "access", "Fractions count.", "RFC 7519 §2", access(claim("exp", at(now)+".5"))},
		row{"exp-with-exponent", "", "access", "Any spelling of a number.", "RFC 8259 §6", access(claim("exp", "1.7672688010E+9"))},
		row{"exp-2-53", "", "access", "The last time that is one.", "RFC 7493 §2.2", access(claim("exp", "9007199254740992"))},
		row{"leeway-exp", "", "access, leeway of a minute", "59 s late, with a leeway of 60 s.", "RFC 7519 §4.1.4", access(claim("exp", at(now-59)))},
		row{"leeway-exp-fraction", "", "access, leeway of a minute", "59.5 s late, with a leeway of 60 s.", "RFC 7519 §4.1.4", access(claim("exp", at(now-60)+".5"))},
		row{"leeway-nbf", "", "access, leeway of a minute", "60 s early, with a leeway of 60 s.", "RFC 7519 §4.1.5", access(claim("nbf", at(now+60)))},
		row{"nbf-now", "", "access", "Good from nbf on.", "RFC 7519 §4.1.5", access(claim("nbf", at(now)))},
		row{"nbf-zero", "", "access", "The least time.", "RFC 7519 §4.1.5", access(claim("nbf", "0"))},
		row{"nbf-minus-zero", "", "access", "-0 is 0.", "RFC 8259 §6", access(claim("nbf", "-0"))},
		row{"iat-in-the-future", "", "access", "iat is not compared with the clock: no document says that it must be.", "RFC 7519 §4.1.6", access(claim("iat", at(now+3600)))},
		row{"auth-time-long-ago", "", "access", "A refresh keeps auth_time.", "", access(claim("auth_time", "0"))},
		row{"exp-far-away", "", "access", "Nothing bounds the life of a token but its issuer.", "", access(claim("exp", at(now+10*365*86400)))},
	)
}

func acceptHeader(c *chapter) {
	kid := quoted(c.ring.access.kid)
	c.add(
		row{"typ", "", "access", "Cognito sends no typ; one changes nothing.", "RFC 7515 §4.1.9", access(param("typ", `"JWT"`))},
		row{"typ-of-another-kind", "", "access", "Not even one that is no string: it is not looked at.", "", access(param("typ", "5"), param("cty", "{}"))},
		row{"unknown-parameters", "", "access", "Unknown header parameters are ignored unless crit names them.", "RFC 7515 §4", access(param("x", `{"a":[1]}`), param("CRIT", `["x"]`), param("Alg", `"none"`), param("KID", `"x"`))},
		row{"unused-jku", "", "access", "An address in the header is never asked; the key is the pool's.", "RFC 7515 §4.1.2; RFC 8725 §3.10", access(param("jku", `"https://evil.example/jwks.json"`))},
		row{"kid-escaped", "", "access", "An escaped slash is a slash: kids of Cognito have some.", "RFC 8259 §7", access(header(`{"kid":` + strings.ReplaceAll(kid, "/", `\/`) + `,"alg":"RS256"}`))},
		row{"alg-escaped", "", "access", "An escaped letter is that letter.", "RFC 8259 §7", access(header(`{"kid":` + kid + `,"alg":"\u0052S256"}`))},
		row{"alg-first", "", "access", "The order of parameters means nothing.", "RFC 8259 §4", access(header(`{"alg":"RS256","kid":` + kid + `}`))},
		row{"signature-begins-with-zero", "", "access", "One signature in 256 begins with a zero byte, which belongs to it.", "RFC 8017 §8.2.1",
			access(until("with a jti for which the signature begins with a zero byte", func(s []byte) bool { return bytes.HasPrefix(s, []byte{0}) }))},
	)
}
