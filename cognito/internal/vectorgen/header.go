package main

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"strings"
)

const (
	wrongAlgorithm = "algorithm_not_allowed"
	keyNotFound    = "key_not_found"
	badSignature   = "signature_invalid"
)

// headerChapter has headers that an attacker can write.
func headerChapter(ring *keyring) *chapter {
	c := newChapter(ring, "header", "Headers that ask for another algorithm, another key or other rules.")
	c.keySet("other-pool", "The keys of another pool.", setOf(jwk(ring.otherAccess), jwk(ring.otherID)))
	c.config("two pools", "any", twoPools)
	headerNone(c)
	headerHMAC(c)
	headerAlgorithms(c)
	headerKeyNames(c)
	headerEmbeddedKeys(c)
	headerCritical(c)
	return c
}

// four is a signature of four characters: with none at all the token would have
// only two parts.
func four([]byte) []byte { return []byte{0, 0, 0} }

func headerNone(c *chapter) {
	for _, name := range []string{"none", "None", "NONE", "nOnE", "none ", ""} {
		id := strings.TrimSuffix("alg-"+strings.ReplaceAll(name, " ", "-space"), "-")
		if name == "" {
			id = "alg-empty"
		}
		c.add(row{id, wrongAlgorithm, "access", "What is not signed is no token, in whatever case.", "CVE-2015-9235; RFC 8725 §3.2",
			access(algorithm(name, "three zero bytes for a signature", four))})
	}
}

// headerHMAC has tokens with a MAC whose secret is public: the text of the public key.
func headerHMAC(c *chapter) {
	k := c.ring.access
	spki, pkcs1 := must(x509.MarshalPKIXPublicKey(k.public())), x509.MarshalPKCS1PublicKey(k.public())
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	modulus := k.public().N.Bytes()
	for _, s := range []struct {
		id, words string
		secret    []byte
	}{
		{"pem", "the PEM of the public key, with its last line break", block("PUBLIC KEY", spki)},
		{"pem-trimmed", "the PEM of the public key, without its last line break", bytes.TrimSpace(block("PUBLIC KEY", spki))},
		{"pem-pkcs1", "the PEM of the public key in the form of PKCS #1", block("RSA PUBLIC KEY", pkcs1)},
		{"der", "the DER of the public key", spki},
		{"der-pkcs1", "the DER of the public key in the form of PKCS #1", pkcs1},
		{"modulus", "the bytes of the modulus", modulus},
		{"modulus-text", "the text of n in the key set", []byte(uintText(k.public().N))},
		{"modulus-hex", "the modulus in hexadecimal", []byte(hex.EncodeToString(modulus))},
		{"jwk", "the text of the JWK", []byte(jwk(k).text())},
		{"kid", "the kid", []byte(k.kid)},
		{"empty", "the empty text", nil},
	} {
		c.add(row{"hs256-" + s.id, wrongAlgorithm, "access", "A verifier that trusts alg uses the public key as a shared secret.", "CVE-2015-9235; CVE-2022-29217; RFC 8725 §3.1",
			access(algorithm("HS256", "HMAC keyed with "+s.words, hmacWith(sha256.New, s.secret)))})
	}
	c.add(
		row{"hs512-pem", wrongAlgorithm, "access", "With another hash.", "CVE-2015-9235", access(algorithm("HS512", "HMAC keyed with the PEM of the public key", hmacWith(sha512.New, block("PUBLIC KEY", spki))))},
		row{"hmac-as-rs256", badSignature, "access", "The same under the right name is no signature.", "RFC 8017 §8.2.2", access(signed("HMAC with SHA-256 keyed with the PEM of the public key in place of the signature", hmacWith(sha256.New, block("PUBLIC KEY", spki))))},
	)
}

func headerAlgorithms(c *chapter) {
	k := c.ring.access
	const exactly = "RFC 7515 §4.1.1; RFC 8725 §3.1"
	other := func(id, name string, s signer) row {
		return row{"alg-" + id, wrongAlgorithm, "access", "User pools sign with RS256; the algorithm is not the sender's choice.", exactly, access(algorithm(name, "signed so by the pool's own key where it can", s))}
	}
	value := func(id, value string) row {
		return row{"alg-" + id, wrongAlgorithm, "access", "alg is a string, and exactly this one.", exactly, access(param("alg", value))}
	}
	c.add(
		other("rs384", "RS384", k.pkcs1(crypto.SHA384)), other("rs512", "RS512", k.pkcs1(crypto.SHA512)), other("ps256", "PS256", k.pss),
		row{"alg-es256", wrongAlgorithm, "access", "User pools sign with RS256; the algorithm is not the sender's choice.", exactly, access(algorithm("ES256", "signed so by a P-256 key", es256(c.ring.p256)))},
		row{"alg-es256-zeros", wrongAlgorithm, "access", "r and s of zero fooled some (psychic signatures).", "CVE-2022-21449", access(algorithm("ES256", "64 zero bytes for a signature", func([]byte) []byte { return make([]byte, 64) }))},
		other("rs1", "RS1", k.rs256), other("rsa-oaep", "RSA-OAEP", k.rs256), other("eddsa", "EdDSA", k.rs256), other("dir", "dir", k.rs256),
		value("lower-case", `"rs256"`), value("capital-s", `"Rs256"`), value("space-after", `"RS256 "`), value("space-before", `" RS256"`), value("nul-after", `"RS256\u0000"`),
		value("long-name", `"SHA256withRSA"`), value("full-width", `"ＲＳ２５６"`), value("null", "null"), value("number", "256"), value("list", `["RS256"]`), value("object", `{"RS256":true}`), value("true", "true"),
		row{"alg-absent", wrongAlgorithm, "access", "alg must be there.", exactly, access(withoutParam("alg"))},
		row{"alg-in-capitals", wrongAlgorithm, "access", "Names are compared by case: this is no alg.", "RFC 7515 §4", access(withoutParam("alg"), param("ALG", `"RS256"`))},
		row{"alg-in-proto", wrongAlgorithm, "access", "For those who copy the header into an object of JavaScript.", "CWE-1321", access(withoutParam("alg"), param("__proto__", `{"alg":"RS256"}`))},
		row{"alg-in-the-payload", wrongAlgorithm, "access", "Header parameters are in the header.", exactly, access(withoutParam("alg"), claim("alg", `"RS256"`))},
		row{"header-empty-object", wrongAlgorithm, "access", "No alg, no kid; alg is looked at first.", exactly, access(header("{}"))},
	)
}

func headerKeyNames(c *chapter) {
	kid := c.ring.access.kid
	const byName = "RFC 7515 §4.1.4"
	named := func(id, why, value string) row {
		return row{"kid-" + id, keyNotFound, "access", why, byName, access(param("kid", value))}
	}
	c.add(
		row{"kid-absent", keyNotFound, "access", "No key is tried in turn.", byName, access(withoutParam("kid"))},
		row{"kid-in-capitals", keyNotFound, "access", "Names are compared by case: this is no kid.", byName, access(withoutParam("kid"), param("KID", quoted(kid)))},
		row{"kid-in-the-payload", keyNotFound, "access", "Header parameters are in the header.", byName, access(withoutParam("kid"), claim("kid", quoted(kid)))},
		named("empty", "The empty name is no key's.", `""`), named("null", "A kid is a string.", "null"), named("number", "A kid is a string.", "0"), named("list", "A kid is a string.", "["+quoted(kid)+"]"),
		named("object", "A kid is a string.", `{"kid":`+quoted(kid)+`}`),
		named("unknown", "A name that no key has.", quoted(nameKey("nobody"))),
		named("lower-case", "Names are compared by case.", quoted(strings.ToLower(kid))),
		named("prefix", "The whole name counts.", quoted(kid[:43])),
		named("space-after", "The whole name counts.", quoted(kid+" ")),
		named("nul-after", "Not all languages end a text there.", quoted(kid+"\x00")),
		named("url-alphabet", "A kid is not base64 to be decoded, but a text.", quoted(strings.NewReplacer("+", "-", "/", "_").Replace(kid))),
		named("path", "For those who read a key from a file: an empty one.", `"../../../../../../dev/null"`),
		named("path-of-the-set", "For those who make an address of it.", `"../us-east-1_Evil/.well-known/jwks.json"`),
		named("sql", "For those who ask a database.", `"x' UNION SELECT 'key';--"`),
		named("shell", "For those who run a command.", `"|id"`),
		named("url", "For those who fetch it.", `"https://evil.example/key"`),
		named("proto", "For those who look it up in an object of JavaScript.", `"__proto__"`),
		named("constructor", "For those who look it up in an object of JavaScript.", `"constructor"`),
		named("index", "For those who look it up in a list.", `"0"`),
		named("long", "For those who log it.", quoted(strings.Repeat("k", 4000))),
		row{"key-of-another-pool", keyNotFound, "two pools", "A key is good for its own pool's issuer only, though both are trusted.", "RFC 8725 §3.8", access(signedBy(c.ring.otherAccess))},
		row{"issuer-of-another-pool", keyNotFound, "two pools", "The other way round.", "RFC 8725 §3.8", access(claim("iss", escaped(otherIssuer)), claim("client_id", quoted(otherClient)))},
		row{"key-not-published", keyNotFound, "access", "Signed by a key that the pool does not publish.", byName, access(signedBy(c.ring.stranger))},
	)
}

// headerEmbeddedKeys has tokens that bring the attacker's key along.
func headerEmbeddedKeys(c *chapter) {
	evil := c.ring.stranger
	evilJWK := jwkOf(c.ring.access.kid, evil.public()).text()
	certificate := quoted(base64.StdEncoding.EncodeToString(selfSigned(evil)))
	const refs = "CVE-2018-0114; RFC 8725 §3.10"
	brought := func(id string, changes ...change) row {
		return row{id, badSignature, "access", "The key is the pool's, whatever the header brings.", refs, access(changes...).with(forgedBy(evil))}
	}
	c.add(
		brought("jwk", param("jwk", evilJWK)), brought("jku", param("jku", `"https://evil.example/jwks.json"`)), brought("x5u", param("x5u", `"https://evil.example/key.pem"`)),
		brought("x5c", param("x5c", "["+certificate+"]")), brought("jku-of-the-pool", param("jku", quoted(issuer+"/.well-known/jwks.json@evil.example/"))),
		brought("all-of-them", param("jwk", evilJWK), param("jku", `"https://evil.example/"`), param("x5u", `"https://evil.example/"`), param("x5c", "["+certificate+"]")),
		brought("keys-in-header", param("keys", "["+evilJWK+"]")),
		row{"jwk-without-kid", keyNotFound, "access", "An embedded key does not stand in for a kid (CVE-2026-27962 is of the kind).", "CVE-2018-0114; CVE-2026-27962", access(withoutParam("kid"), param("jwk", evilJWK), forgedBy(evil))},
		row{"jwk-with-its-own-kid", keyNotFound, "access", "Nor for the key set.", "CVE-2018-0114; CVE-2026-27962", access(signedBy(evil), param("jwk", jwk(evil).text()))},
		row{"jku-with-its-own-kid", keyNotFound, "access", "No address from a header is ever asked.", "RFC 8725 §3.10", access(signedBy(evil), param("jku", `"https://evil.example/jwks.json"`))},
		row{"jwk-hmac", wrongAlgorithm, "access", "A secret in the header.", "CVE-2018-0114", access(param("jwk", `{"kty":"oct","k":"c2VjcmV0"}`), algorithm("HS256", "HMAC keyed with it", hmacWith(sha256.New, []byte("secret"))))},
	)
}

// selfSigned is a certificate of the key for itself: the same each time.
func selfSigned(k *key) []byte {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "cognito-idp.us-east-1.amazonaws.com"},
		NotBefore: nowTime.AddDate(-1, 0, 0), NotAfter: nowTime.AddDate(10, 0, 0), SignatureAlgorithm: x509.SHA256WithRSA,
	}
	return must(x509.CreateCertificate(rand.Reader, template, template, k.public(), k.private))
}

func headerCritical(c *chapter) {
	const refs = "RFC 7515 §4.1.11; CVE-2025-59420; CVE-2026-32597"
	critical := func(id, why string, changes ...change) row {
		return row{id, malformed, "access", why, refs, access(changes...)}
	}
	c.add(
		critical("crit-unknown", "An extension that is critical and not understood.", param("crit", `["https://example.com/x"]`), param("https://example.com/x", "true")),
		critical("crit-exp", "A name that is known elsewhere.", param("crit", `["exp"]`), param("exp", "1")),
		critical("crit-of-absent", "Names what is not there.", param("crit", `["x"]`)),
		critical("crit-of-alg", "Names a parameter of the RFC itself.", param("crit", `["alg"]`)),
		critical("crit-empty", "An empty list is not allowed.", param("crit", "[]")),
		critical("crit-null", "Not even a list.", param("crit", "null")),
		critical("crit-string", "Not even a list.", param("crit", `"exp"`)),
		critical("crit-escaped", "Names are compared unescaped.", moreParams(`"\u0063rit"`, `["x"]`)),
		row{"b64-false", malformed, "access", "The payload is not encoded, it says.", "RFC 7797 §6", access(param("b64", "false"), param("crit", `["b64"]`))},
		row{"b64-false-alone", malformed, "access", "Without crit, which must name it.", "RFC 7797 §6", access(param("b64", "false"))},
		row{"b64-true", malformed, "access", "Nor is it allowed to say what holds anyway.", "RFC 7797 §6", access(param("b64", "true"))},
		row{"b64-false-unencoded", malformed, "access", "And really is not.", "RFC 7797 §5.2", access(param("b64", "false"), param("crit", `["b64"]`), encodedBy(1, "the payload as it is, without its dots", func(b []byte) string { return strings.ReplaceAll(string(b), ".", "") }))},
		row{"crit-before-alg", malformed, "access", "Shape is looked at before the algorithm.", refs, access(param("crit", `["x"]`), param("alg", `"none"`))},
	)
}
