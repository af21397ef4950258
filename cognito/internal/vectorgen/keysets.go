package main

import (
	"crypto/sha256"
	"encoding/base64"
	"math/big"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

const unavailable = "keys_unavailable"

// keysChapter has faulty key sets, and tokens that are signed with each of their keys.
func keysChapter(ring *keyring) *chapter {
	c := newChapter(ring, "keys", "Key sets that are poisoned, broken or not there, and weak keys.")
	keysUnfit(c)
	keysUndecodable(c)
	keysWeak(c)
	keysFit(c)
	keysOfOneName(c)
	keysBrokenSets(c)
	keysMissingSets(c)
	keysOfIssuers(c)
	return c
}

// published has a config whose issuers publish that text.
func (c *chapter) published(name, comment, body string) (config string) {
	config = "access, key set " + name
	c.keySet(name, comment, body)
	c.config(config, "access", keysFrom(name))
	return config
}

// beside publishes a key beside the pool's own, which goes on to be good.
func (c *chapter) beside(name, comment string, key jsonKey) (config string) {
	config = c.published(name, comment+" Beside it the pool's two keys.", setOf(key, jwk(c.ring.access), jwk(c.ring.id)))
	c.add(row{"good-beside-" + name, "", config, "A key that is not used does not spoil the others.", "RFC 7517 §5", access()})
	return config
}

// unfit has a key that must not be used, a token by it, and one by a good key.
func (c *chapter) unfit(name, why, refs string, key jsonKey, r recipe) {
	c.add(row{name, keyNotFound, c.beside(name, why, key), why, refs, r})
}

// keysUnfit has keys whose members say that they are for another use.
func keysUnfit(c *chapter) {
	second := c.ring.second
	by := access(signedBy(second))
	good := jwk(second)
	for _, k := range []struct {
		id, why, refs string
		key           jsonKey
	}{
		{"use-enc", "A key for encryption signs nothing.", "RFC 7517 §4.2", good.with("use", `"enc"`)},
		{"use-in-capitals", "Values are compared by case.", "RFC 7517 §4.2", good.with("use", `"SIG"`)},
		{"use-empty", "Not sig.", "RFC 7517 §4.2", good.with("use", `""`)},
		{"use-null", "Not a string.", "RFC 7517 §4.2", good.with("use", "null")},
		{"ops-encrypt", "Not for verifying.", "RFC 7517 §4.3", good.with("key_ops", `["encrypt","wrapKey"]`)},
		{"ops-sign", "Not for verifying.", "RFC 7517 §4.3", good.with("key_ops", `["sign"]`)},
		{"ops-empty", "For nothing.", "RFC 7517 §4.3", good.with("key_ops", "[]")},
		{"ops-string", "Not a list.", "RFC 7517 §4.3", good.with("key_ops", `"verify"`)},
		{"ops-null", "Not a list.", "RFC 7517 §4.3", good.with("key_ops", "null")},
		{"alg-rs384", "For another algorithm.", "RFC 7517 §4.4; RFC 8725 §3.1", good.with("alg", `"RS384"`)},
		{"alg-ps256", "For another algorithm.", "RFC 7517 §4.4; RFC 8725 §3.1", good.with("alg", `"PS256"`)},
		{"alg-oaep", "For encryption.", "RFC 7517 §4.4; RFC 8725 §3.1", good.with("alg", `"RSA-OAEP"`)},
		{"alg-none", "For nothing.", "RFC 7517 §4.4", good.with("alg", `"none"`)},
		{"alg-lower-case", "Values are compared by case.", "RFC 7517 §4.4", good.with("alg", `"rs256"`)},
		{"alg-null", "Not a string.", "RFC 7517 §4.4", good.with("alg", "null")},
		{"kty-absent", "Of no kind.", "RFC 7517 §4.1", good.without("kty")},
		{"kty-lower-case", "Values are compared by case.", "RFC 7517 §4.1", good.with("kty", `"rsa"`)},
		{"kty-oct", "The kind says that it is a secret.", "RFC 7517 §4.1", good.with("kty", `"oct"`)},
		{"private-d", "Each reader of the set can sign with it.", "RFC 7517 §9.2", good.with("d", quoted(uintText(second.private.D)))},
		{"private-p", "A factor is all of it.", "RFC 7517 §9.2", good.with("p", quoted(uintText(second.private.Primes[0])))},
	} {
		c.unfit(k.id, k.why, k.refs, k.key, by)
	}
	oct := jsonKey{{`"alg"`, `"HS256"`}, {`"k"`, quoted(base64.RawURLEncoding.EncodeToString([]byte("secret")))}, {`"kid"`, `"oct"`}, {`"kty"`, `"oct"`}, {`"use"`, `"sig"`}}
	mac := hmacWith(sha256.New, []byte("secret"))
	c.unfit("oct", "A secret in a public set; the token says RS256 and has a MAC.", "CVE-2015-9235; RFC 7518 §6.4", oct, access(param("kid", `"oct"`), signed("HMAC keyed with the k of the key set", mac)))
	c.add(row{"oct-hs256", wrongAlgorithm, "access, key set oct", "And the token that the key is for.", "CVE-2015-9235; RFC 7518 §6.4", access(param("kid", `"oct"`), algorithm("HS256", "HMAC keyed with the k of the key set", mac))})
	public := must(c.ring.p256.PublicKey.ECDH()).Bytes()
	ec := jsonKey{{`"crv"`, `"P-256"`}, {`"kid"`, `"ec"`}, {`"kty"`, `"EC"`}, {`"use"`, `"sig"`},
		{`"x"`, quoted(base64.RawURLEncoding.EncodeToString(public[1:33]))}, {`"y"`, quoted(base64.RawURLEncoding.EncodeToString(public[33:]))}}
	c.unfit("ec", "A key of another kind; the token says RS256.", "RFC 7518 §6.2", ec, access(param("kid", `"ec"`), signed("signed as ES256", es256(c.ring.p256))))
	c.add(row{"ec-es256", wrongAlgorithm, "access, key set ec", "And the token that the key is for.", "RFC 7518 §6.2", access(param("kid", `"ec"`), algorithm("ES256", "signed so", es256(c.ring.p256)))})
}

// keysUndecodable has keys of the right kind that cannot be read, or not found.
func keysUndecodable(c *chapter) {
	second := c.ring.second
	by, good := access(signedBy(second)), jwk(second)
	n := uintText(second.public().N)
	const refs = "RFC 7518 §6.3.1; RFC 7518 §2"
	for _, k := range []struct {
		id, why string
		key     jsonKey
	}{
		{"n-absent", "No modulus.", good.without("n")},
		{"n-empty", "No modulus.", good.with("n", `""`)},
		{"n-zero", "No modulus.", good.with("n", `"AA"`)},
		{"n-number", "A modulus is base64url text.", good.with("n", second.public().N.String())},
		{"n-decimal", "A modulus is base64url text.", good.with("n", quoted(second.public().N.String()+"x"))},
		{"n-padded", "Padding is left out.", good.with("n", quoted(base64.URLEncoding.EncodeToString(second.public().N.Bytes())))},
		{"n-standard", "The alphabet of base64url has - and _.", good.with("n", quoted(base64.RawStdEncoding.EncodeToString(second.public().N.Bytes())))},
		{"n-line-break", "Some decoders skip line breaks.", good.with("n", quoted(n[:64]+"\n"+n[64:]))},
		{"n-spare-bit", "A second spelling of the same number.", good.with("n", quoted(spareBit(n)))},
		{"e-absent", "No exponent, and none is guessed.", good.without("e")},
		{"e-empty", "No exponent, and none is guessed.", good.with("e", `""`)},
		{"e-number", "An exponent is base64url text.", good.with("e", "65537")},
		{"e-null", "An exponent is base64url text.", good.with("e", "null")},
	} {
		c.unfit(k.id, k.why, refs, k.key, by)
	}
	const byName = "RFC 7517 §4.5"
	c.unfit("kid-absent", "A key without a name is never the one that is named.", byName, good.without("kid"), by)
	c.add(row{"kid-absent-in-both", keyNotFound, "access, key set kid-absent", "Even if the token names none.", byName, by.with(withoutParam("kid"))})
	c.unfit("kid-empty", "The empty name is none.", byName, good.with("kid", `""`), by.with(param("kid", `""`)))
	c.unfit("kid-number", "A name is a string.", byName, good.with("kid", "7"), by.with(param("kid", `"7"`)))
	c.unfit("kid-number-in-both", "Even if the token has the same number.", byName, good.with("kid", "7"), by.with(param("kid", "7")))
	c.unfit("kid-null", "A name is a string.", byName, good.with("kid", "null"), by.with(param("kid", "null")))
	c.unfit("kid-object", "A name is a string.", byName, good.with("kid", "{}"), by.with(param("kid", `"[object Object]"`)))
}

// keysWeak has keys that are too weak: a signature with them proves nothing.
func keysWeak(c *chapter) {
	access1, second := c.ring.access, c.ring.second
	const size = "RFC 7518 §3.3"
	small := func(id string, k *key) {
		c.unfit(id, "Under 2048 bits.", size, jwk(k), access(signedBy(k)))
	}
	small("rsa-1024", c.ring.rsa1024)
	small("rsa-2047", c.ring.rsa2047)
	c.unfit("rsa-8200", "Over 8192 bits: verifying costs more than a token is worth. This bound is our own.", "CWE-400", jwk(c.ring.rsa8200), access(signedBy(c.ring.rsa8200)))
	exponent := func(n int64) jsonKey { return jwk(second).with("e", quoted(uintText(big.NewInt(n)))) }
	named := param("kid", quoted(second.kid))
	const odd = "RFC 8017 §3.1"
	c.unfit("e-1", "The signature is the encoded digest itself: anybody can write it.", odd, exponent(1),
		access(named, signed("the encoded digest in place of the signature", func(input []byte) []byte { return encoded(infoSHA256, input, second.private.Size()) })))
	c.unfit("e-2", "Even: no exponent of RSA, though some digests have a square root.", odd, exponent(2),
		access(named, signed("the square root of the encoded digest in place of the signature", second.squareRoot), until("with a jti for which there is one", func(s []byte) bool { return s != nil })))
	c.unfit("e-65538", "Even.", odd, exponent(65538), access(signedBy(second)))
	c.unfit("e-0", "Every signature to the power of 0 is 1.", odd, jwk(second).with("e", `"AA"`), access(signedBy(second)))
	c.add(row{"e-1-of-the-pools-key", badSignature, "access", "The trivial signature by a good key.", odd,
		access(signed("the encoded digest in place of the signature", func(input []byte) []byte { return encoded(infoSHA256, input, access1.private.Size()) }))})
}

// keysFit has keys that look unusual and are good.
func keysFit(c *chapter) {
	second := c.ring.second
	good := jwk(second)
	for _, k := range []struct {
		id, why, refs string
		key           jsonKey
		signing       *key
	}{
		{"without-use-and-alg", "What a key does not say of itself is no reason against it.", "RFC 7517 §4", good.without("use", "alg"), second},
		{"with-ops", "For verifying.", "RFC 7517 §4.3", good.without("use").with("key_ops", `["verify"]`), second},
		{"with-more-ops", "For verifying too.", "RFC 7517 §4.3", good.without("use").with("key_ops", `["sign","verify"]`), second},
		{"with-unknown-members", "What is not known is ignored, names in other case too.", "RFC 7517 §4", good.with("x5t", `"x"`).with("ext", "true").with("Use", `"enc"`).with("ALG", "5").with("custom", `{"d":1}`), second},
		{"rsa-3072", "A longer key.", "RFC 7518 §3.3", jwk(c.ring.rsa3072), c.ring.rsa3072},
		{"rsa-8192", "The longest key.", "RFC 7518 §3.3", jwk(c.ring.rsa8192), c.ring.rsa8192},
		{"e-3", "The smallest exponent.", "RFC 8017 §3.1", jwk(c.ring.exponent3), c.ring.exponent3},
	} {
		c.add(row{k.id, "", c.published(k.id, k.why, setOf(jwk(c.ring.id), k.key)), k.why, k.refs, access(signedBy(k.signing))})
	}
	c.add(
		row{"set-with-other-members", "", c.published("set-with-other-members", "Other members, and white space.", "\n { \"x\" : [ 1 ] , \"keys\" :\t[ "+good.text()+" ] , \"Keys\": 5 }\n"), "Other members of a set are ignored.", "RFC 7517 §5", access(signedBy(second))},
		row{"key-beside-no-keys", "", c.published("key-beside-no-keys", "Members that are no keys.", `{"keys":[null,5,"x",[],{},`+good.text()+`]}`), "A member that is no key does not spoil the others.", "RFC 7517 §5", access(signedBy(second))},
		row{"key-rotated", "", c.published("key-rotated", "Four keys, as around a rotation.", setOf(jwk(c.ring.access), jwk(c.ring.id), good, jwk(c.ring.rsa3072))), "Old and new keys at once.", "", access(signedBy(second))},
	)
}

// keysOfOneName has sets with a name twice.
func keysOfOneName(c *chapter) {
	first, second := c.ring.access, c.ring.second
	twin := jwkOf(first.kid, second.public())
	const refs = "RFC 7517 §4.5"
	two := c.published("two-under-one-name", "Two different keys under one kid, and another one.", setOf(jwk(first), twin, jwk(c.ring.id)))
	c.add(
		row{"two-first", keyNotFound, two, "It is unknown which one is meant: neither is used.", refs, access()},
		row{"two-second", keyNotFound, two, "It is unknown which one is meant: neither is used.", refs, access(forgedBy(second))},
		row{"two-other", "", two, "The other keys of the set are not spoilt.", refs, access(signedBy(c.ring.id))},
		row{"same-twice", "", c.published("same-twice", "The same key twice.", setOf(jwk(first), jwk(first), jwk(c.ring.id))), "Nothing is doubtful here.", refs, access()},
		row{"same-twice-described-otherwise", "", c.published("same-twice-described-otherwise", "The same key twice, once without use and alg.", setOf(jwk(first).without("use", "alg"), jwk(first))), "Nothing is doubtful here.", refs, access()},
		row{"unusable-twin-first", "", c.published("unusable-twin-first", "A key for encryption under the name of another one, before it.", setOf(twin.with("use", `"enc"`), jwk(first))), "Names may be shared by keys for different uses.", refs, access()},
		row{"unusable-twin-last", "", c.published("unusable-twin-last", "A key for encryption under the name of another one, after it.", setOf(jwk(first), twin.with("use", `"enc"`))), "Names may be shared by keys for different uses.", refs, access()},
		row{"unusable-twin-signs", badSignature, "access, key set unusable-twin-last", "The key for encryption is not tried.", refs, access(forgedBy(second))},
		row{"oct-twin", "", c.published("oct-twin", "A secret under the name of a key.", setOf(jsonKey{{`"kty"`, `"oct"`}, {`"kid"`, quoted(first.kid)}, {`"k"`, `"c2VjcmV0"`}}, jwk(first))), "The secret is not used and spoils nothing.", refs, access()},
		row{"oct-twin-hmac", badSignature, "access, key set oct-twin", "A MAC by that secret is no signature.", "CVE-2015-9235", access(signed("HMAC keyed with secret in place of the signature", hmacWith(sha256.New, []byte("secret"))))},
	)
}

// keysBrokenSets has answers that are not key sets. None of them is a verdict on the token.
func keysBrokenSets(c *chapter) {
	good := jwk(c.ring.access)
	whole := setOf(good, jwk(c.ring.id))
	const refs = "RFC 7517 §5; RFC 8259 §4"
	for _, s := range []struct{ id, comment, body string }{
		{"member-repeated", "A key with n twice: two readers would see two keys.", strings.Replace(whole, `"n":`, `"n":"`+uintText(c.ring.stranger.public().N)+`","n":`, 1)},
		{"keys-repeated", "The member keys twice.", strings.TrimSuffix(whole, "}") + `,"keys":[` + jwkOf(good[2].value[1:45], c.ring.stranger.public()).text() + "]}"},
		{"member-repeated-escaped", "A key with kid twice, once escaped.", strings.Replace(whole, `"kid":`, `"\u006bid":"x","kid":`, 1)},
		{"no-json", "A page.", "<!DOCTYPE html><html><body>Sign in to continue</body></html>"},
		{"no-text", "An empty body.", ""},
		{"cut", "Half a set.", whole[:len(whole)/2]},
		{"and-garbage", "Something after the set.", whole + "x"},
		{"two-sets", "Two sets.", whole + whole},
		{"byte-order-mark", "A mark before the set.", "\ufeff" + whole},
		{"not-utf8", "A byte that is no text.", strings.Replace(whole, `"RSA"`, "\"RSA\",\"x\":\"\xff\"", 1)},
		{"list", "A list of keys without the object around it.", "[" + good.text() + "]"},
		{"one-key", "A key without the set around it.", good.text()},
		{"keys-object", "keys is an object.", `{"keys":{"` + "a" + `":` + good.text() + "}}"},
		{"keys-null", "keys is null.", `{"keys":null}`},
		{"keys-in-capitals", "Names are compared by case: this is no keys.", `{"KEYS":[` + good.text() + "]}"},
		{"keys-empty", "No key.", `{"keys":[]}`},
		{"only-enc", "No key that is usable: one for encryption.", setOf(good.with("use", `"enc"`))},
		{"only-oct", "No key that is usable: a secret.", `{"keys":[{"kty":"oct","kid":"oct","k":"c2VjcmV0"}]}`},
		{"only-weak", "No key that is usable: one of 1024 bits.", setOf(jwk(c.ring.rsa1024))},
		{"only-two-under-one-name", "No key that is usable: two under one name.", setOf(good, jwkOf(c.ring.access.kid, c.ring.second.public()))},
		{"deep", "A set that nests deeply.", strings.TrimSuffix(whole, "}") + `,"x":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "}"},
	} {
		config := c.published("set-"+s.id, s.comment, s.body)
		c.add(row{"set-" + s.id, unavailable, config, s.comment + " It counts as a failed fetch: the token is not judged.", refs, access()})
	}
}

// keysMissingSets has the order of checks without a set: checks that need no key still
// decide first.
func keysMissingSets(c *chapter) {
	for _, status := range []int{403, 404, 429, 500} {
		name := "status-" + big.NewInt(int64(status)).String()
		c.file.KeySets[name] = vectors.KeySet{Comment: "There is no set.", Status: status}
		c.config("access, key set "+name, "access", keysFrom(name))
		c.add(row{name, unavailable, "access, key set " + name, "Without a key set nothing is accepted, and nothing is the token's fault.", "", access()})
	}
	down := "access, key set status-500"
	c.add(
		row{"down-unknown-kid", unavailable, down, "The key may be there.", "", access(signedBy(c.ring.stranger))},
		row{"down-forged", unavailable, down, "The signature comes after the key.", "", access(forgedBy(c.ring.stranger))},
		row{"down-expired", unavailable, down, "Claims come after the signature.", "", access(claim("exp", "1"))},
		row{"down-no-kid", keyNotFound, down, "No set is needed to see that no key is named.", "", access(withoutParam("kid"))},
		row{"down-kid-empty", keyNotFound, down, "No set is needed to see that no key is named.", "", access(param("kid", `""`))},
		row{"down-other-issuer", issuerMismatch, down, "No set is asked for then.", "", access(claim("iss", `"https://evil.example"`))},
		row{"down-no-issuer", claimMissing, down, "No set is asked for then.", "", access(without("iss"))},
		row{"down-alg-none", wrongAlgorithm, down, "No set is asked for then.", "", access(algorithm("none", "three zero bytes for a signature", four))},
		row{"down-malformed", malformed, down, "No set is asked for then.", "", access(param("crit", "[]"))},
		row{"down-encrypted", "encrypted_token", down, "No set is asked for then.", "", text("four dots", "....")},
	)
}

// keysOfIssuers has the two issuers of a pool with key sets of their own.
func keysOfIssuers(c *chapter) {
	sets := func(original, updated string) func(*vectors.Config) {
		return func(c *vectors.Config) {
			c.UserPools[0].KeySets = map[string]string{issuer: original, updatedIssuer: updated}
		}
	}
	c.keySet("updated", "The keys of the updated issuer, where they differ.", setOf(jwk(c.ring.second)))
	c.config("own sets", "access", sets("pool", "updated"))
	c.config("not switched", "access", sets("pool", "status-403"))
	updated := claim("iss", quoted(updatedIssuer))
	c.add(
		row{"own-set-original", "", "own sets", "A token is checked with the key set of the issuer that it names.", "", access()},
		row{"own-set-updated", "", "own sets", "A token is checked with the key set of the issuer that it names.", "", access(updated, signedBy(c.ring.second))},
		row{"own-set-of-the-other", keyNotFound, "own sets", "A key of the original issuer, in a token of the updated one.", "", access(updated)},
		row{"own-set-of-the-other-reversed", keyNotFound, "own sets", "And the other way round.", "", access(signedBy(c.ring.second))},
		row{"not-switched-original", "", "not switched", "Most pools were not switched to the updated issuer: its address answers 403.", "", access()},
		row{"not-switched-updated", keyNotFound, "not switched", "No token can bear its name then.", "", access(updated)},
	)
}
