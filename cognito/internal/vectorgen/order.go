package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// orderChapter has tokens that fail one check and every later one. The verifier must
// report the first check in the order of the contract.
func orderChapter(ring *keyring) *chapter {
	c := newChapter(ring, "order", "Tokens with several faults: each fails one check and all later ones that a token can fail with it.")
	all := vectors.Require{ACR: "urn:cognito:loa:2", MaxAuthAgeSeconds: 60, Scopes: []string{"orders/read"}, Groups: []string{"staff"}, Claims: map[string][]string{"custom:tier": {"gold"}}}
	c.config("all of it", "access", requiring(all), func(c *vectors.Config) {
		c.UserPools[0].Audiences, c.RevokedOriginJTIs = []string{resource}, []string{originJTI}
	})
	withNonce := all
	withNonce.Nonce = "n"
	c.config("all of it, id", "id", requiring(withNonce), func(c *vectors.Config) { c.RevokedOriginJTIs = []string{originJTI} })
	c.config("scopes and groups", "access", requiring(vectors.Require{Scopes: []string{"orders/read"}, Groups: []string{"staff"}}))
	orderOfAccess(c)
	orderOfPlain(c)
	orderOfKinds(c)
	orderOfID(c)
	return c
}

// A fault makes a token fail a check. Without it, the check passes.
type fault struct {
	code, name        string
	breaking, mending change
}

// faults makes a case of each: earlier checks pass, and later ones fail.
func (c *chapter) faults(config, prefix string, base func(...change) recipe, list []fault) {
	for n, f := range list {
		var changes []change
		for m, other := range slices.Backward(list) {
			switch {
			case m >= n && other.breaking.apply != nil:
				changes = append(changes, other.breaking)
			case m < n && other.mending.apply != nil:
				changes = append(changes, other.mending)
			}
		}
		c.add(row{prefix + f.name, f.code, config, "The check of " + f.name + " comes before all others that fail here.", "", base(changes...)})
	}
}

func orderOfAccess(c *chapter) {
	c.faults("all of it", "access-", access, []fault{
		{"token_too_large", "size", claim("custom:x", quoted(strings.Repeat("x", 13_000))).said("claim custom:x is 13000 times x"), change{}},
		{malformed, "shape", param("crit", `["x"]`), change{}},
		{wrongAlgorithm, "algorithm", param("alg", `"HS256"`), change{}},
		{issuerMismatch, "issuer", claim("iss", `"https://evil.example"`), change{}},
		{keyNotFound, "key", param("kid", `"unknown"`), change{}},
		{badSignature, "signature", forgedBy(c.ring.stranger), change{}},
		{useMismatch, "token_use", claim("token_use", `"id"`), change{}},
		{clientMismatch, "client", claim("client_id", quoted(otherClient)), change{}},
		{expired, "exp", claim("exp", strconv.Itoa(now-1)), change{}},
		{notYetValid, "nbf", claim("nbf", strconv.Itoa(now+1)), change{}},
		{audienceMismatch, "audience", claim("aud", `"https://other.example.com"`), change{}},
		{revoked, "revocation", change{}, claim("origin_jti", `"another"`)},
		{tooWeak, "acr", claim("acr", `"urn:cognito:loa:1"`), claim("acr", `"urn:cognito:loa:3"`)},
		{tooOld, "auth_time", claim("auth_time", "0"), claim("auth_time", strconv.Itoa(now))},
		{scopeMissing, "scopes", change{}, claim("scope", `"orders/read"`)},
		{groupMissing, "groups", change{}, claim("cognito:groups", `["staff"]`)},
		{claimInvalid, "kinds-of-other-claims", claim("username", "5"), change{}},
		{claimMismatch, "claims", change{}, claim("custom:tier", `"gold"`)},
	})
}

// orderOfPlain asks for what every verifier has: no revocation, no level.
func orderOfPlain(c *chapter) {
	c.faults("scopes and groups", "plain-", access, []fault{
		{malformed, "shape", param("b64", "true"), change{}},
		{wrongAlgorithm, "algorithm", param("alg", `"none"`), change{}},
		{issuerMismatch, "issuer", claim("iss", `""`), change{}},
		{keyNotFound, "key", withoutParam("kid"), change{}},
		{badSignature, "signature", forgedBy(c.ring.id), change{}},
		{useMismatch, "token_use", claim("token_use", `"refresh"`), change{}},
		{clientMismatch, "client", claim("client_id", `""`), change{}},
		{expired, "exp", claim("exp", "0"), change{}},
		{notYetValid, "nbf", claim("nbf", strconv.Itoa(now+3600)), change{}},
		{audienceMismatch, "audience", claim("aud", "[]"), change{}},
		{scopeMissing, "scopes", change{}, claim("scope", `"orders/read"`)},
		{groupMissing, "groups", change{}, claim("cognito:groups", `["staff"]`)},
		{claimInvalid, "kinds-of-other-claims", claim("jti", "5"), change{}},
	})
}

// orderOfKinds has claims of the wrong JSON kind: they are found in the turn of
// their check.
func orderOfKinds(c *chapter) {
	c.faults("all of it", "kind-", access, []fault{
		{claimInvalid, "iss", claim("iss", "5"), change{}},
		{claimInvalid, "token_use", claim("token_use", "5"), change{}},
		{claimInvalid, "client_id", claim("client_id", "5"), change{}},
		{claimInvalid, "exp", claim("exp", `"5"`), change{}},
		{claimInvalid, "nbf", claim("nbf", `"5"`), change{}},
		{claimInvalid, "aud", claim("aud", "5"), change{}},
		{revoked, "revocation", change{}, claim("origin_jti", `"another"`)},
		{claimInvalid, "acr", claim("acr", "5"), claim("acr", `"urn:cognito:loa:3"`)},
		{claimInvalid, "auth_time", claim("auth_time", `"5"`), claim("auth_time", strconv.Itoa(now))},
		{claimInvalid, "scope", claim("scope", "5"), claim("scope", `"orders/read"`)},
		{claimInvalid, "groups", claim("cognito:groups", "5"), claim("cognito:groups", `["staff"]`)},
	})
	c.add(
		row{"expired-and-sub-a-number", expired, "access", "The kind of sub comes with the other claims, after the time.", "", access(claim("exp", "1"), claim("sub", "5"))},
		row{"other-client-and-no-exp", clientMismatch, "access", "The client comes before exp.", "", access(claim("client_id", quoted(otherClient)), without("exp"))},
		row{"no-token-use-and-no-client", claimMissing, "access", "Both are absent.", "", access(without("token_use", "client_id"))},
		row{"no-iss-and-no-kid", claimMissing, "access", "iss comes before kid.", "", access(without("iss"), withoutParam("kid"))},
		row{"no-alg-and-no-iss", wrongAlgorithm, "access", "alg comes before iss.", "", access(withoutParam("alg"), without("iss"))},
		row{"payload-malformed-and-alg-none", malformed, "access", "The payload is read before alg is looked at.", "", access(param("alg", `"none"`), payload("[]"))},
		row{"header-and-payload-malformed", malformed, "access", "Both are no JSON.", "", access(header("x"), payload("x"))},
	)
}

func orderOfID(c *chapter) {
	c.faults("all of it, id", "id-", idToken, []fault{
		{useMismatch, "token_use", claim("token_use", `"access"`), change{}},
		{clientMismatch, "client", claim("aud", quoted(otherClient)), change{}},
		{expired, "exp", claim("exp", strconv.Itoa(now-1)), change{}},
		{notYetValid, "nbf", claim("nbf", strconv.Itoa(now+1)), change{}},
		{nonceMismatch, "nonce", claim("nonce", `"other"`), claim("nonce", `"n"`)},
		{revoked, "revocation", change{}, claim("origin_jti", `"another"`)},
		{tooWeak, "acr", change{}, claim("acr", `"urn:cognito:loa:2"`)},
		{tooOld, "auth_time", without("auth_time"), claim("auth_time", strconv.Itoa(now))},
		{scopeMissing, "scopes", change{}, change{}},
	})
}
