package main

import (
	"encoding/base64"
	"strconv"
	"strings"
)

const malformed = "token_malformed"

// shapeChapter has texts that are no compact JWS of one strict JSON object each.
func shapeChapter(ring *keyring) *chapter {
	c := newChapter(ring, "shape", "Texts that are not a token in the one form that it has: size, parts, base64url, and the JSON of header and payload.")
	shapeSize(c)
	shapeParts(c)
	shapeBase64(c)
	shapePayload(c)
	shapeValues(c)
	shapeDeep(c)
	shapeRepeated(c)
	return c
}

func shapeSize(c *chapter) {
	const tooLarge = "token_too_large"
	c.add(
		row{"one-byte-too-large", tooLarge, "access", "Well signed, and 16385 bytes long.", "", access(ofSize(16385))},
		row{"a-megabyte", tooLarge, "access", "Well signed, with a claim of 800,000 bytes: what is read before the signature must be bounded.", "CWE-770", access(claim("custom:x", quoted(strings.Repeat("x", 800_000))).said("claim custom:x is 800000 times x"))},
		row{"a-megabyte-of-dots", tooLarge, "access", "Splitting it would make a million strings.", "CVE-2025-30204; CVE-2025-27144; CVE-2025-22868", text("1048576 dots", strings.Repeat(".", 1<<20))},
		row{"a-megabyte-of-letters", tooLarge, "access", "Size is looked at before all else.", "CWE-770", text("1048576 times A", strings.Repeat("A", 1<<20))},
		row{"too-large-and-encrypted", tooLarge, "access", "Size is looked at before the number of parts.", "", text("a refresh token with a ciphertext of 15000 bytes", refreshToken(15_000))},
	)
}

// refreshToken is a text with the look of Cognito's refresh token.
func refreshToken(size int) string {
	parts := []string{
		`{"cty":"JWT","enc":"A256GCM","alg":"RSA-OAEP"}`, strings.Repeat("k", 256), strings.Repeat("i", 12), strings.Repeat("x", size), strings.Repeat("t", 16),
	}
	for n := range parts {
		parts[n] = base64.RawURLEncoding.EncodeToString([]byte(parts[n]))
	}
	return strings.Join(parts, ".")
}

func shapeParts(c *chapter) {
	const compact = "RFC 7515 §7.1"
	jsonForm := func(token string) string {
		p := strings.Split(token, ".")
		return `{"protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `"}`
	}
	// The advisory's form: a JSON serialisation that a splitter at dots takes for a
	// compact one.
	mixed := func(token string) string {
		p := strings.Split(token, ".")
		return `{"` + p[0] + `.":"","protected":"` + p[0] + `","payload":"` + p[1] + `","signature":"` + p[2] + `.","x":""}`
	}
	c.add(
		row{"empty", malformed, "access", "No text at all.", compact, text("the empty text", "")},
		row{"word", malformed, "access", "An opaque token.", compact, text("the text opaque", "opaque")},
		row{"two-dots", malformed, "access", "Three empty parts.", compact, text("two dots", "..")},
		row{"one-part-missing", malformed, "access", "No signature, and no dot before it.", compact, access(finished("cut from the last dot", func(s string) string { return s[:strings.LastIndexByte(s, '.')] }))},
		row{"header-empty", malformed, "access", "The first part is empty.", compact, access(part(0, "the first part is empty", func(string) string { return "" }))},
		row{"payload-empty", malformed, "access", "The second part is empty: a payload of no bytes, or a detached one.", "RFC 7515 appendix F", access(part(1, "the second part is empty", func(string) string { return "" }))},
		row{"signature-empty", malformed, "access", "The third part is empty.", compact, access(part(2, "the third part is empty", func(string) string { return "" }))},
		row{"signature-empty-none", malformed, "access", "The unsecured form: three parts are not there.", "RFC 7519 §6.1; CVE-2015-9235", access(algorithm("none", "no signature", func([]byte) []byte { return nil }))},
		row{"four-parts", malformed, "access", "One part more.", compact, access(finished("with .AAAA after it", func(s string) string { return s + ".AAAA" }))},
		row{"six-parts", malformed, "access", "Three parts more.", compact, access(finished("with .AAAA.AAAA.AAAA after it", func(s string) string { return s + ".AAAA.AAAA.AAAA" }))},
		row{"thousands-of-dots", malformed, "access", "Within the size limit, and cheap to refuse.", "CVE-2025-30204", text("10000 dots", strings.Repeat(".", 10_000))},
		row{"dot-before", malformed, "access", "A dot too many, before it.", compact, access(finished("with a dot before it", func(s string) string { return "." + s }))},
		row{"dot-after", malformed, "access", "A dot too many, after it.", compact, access(finished("with a dot after it", func(s string) string { return s + "." }))},
		row{"json-serialisation", malformed, "access", "The flattened JSON form of the same signature.", "RFC 7515 §7.2.2", access(finished("in the flattened JSON serialisation", jsonForm))},
		row{"mixed-serialisation", malformed, "access", "JSON that looks compact to a reader that splits at dots.", "CVE-2022-39227", access(finished("in a JSON serialisation with two dots", mixed))},
		row{"bearer-before", malformed, "access", "The scheme is no part of the token.", "RFC 6750 §2.1", access(finished(`with "Bearer " before it`, func(s string) string { return "Bearer " + s }))},
		row{"space-before", malformed, "access", "White space is no part of a token.", compact, access(finished("with a space before it", func(s string) string { return " " + s }))},
		row{"space-after", malformed, "access", "White space is no part of a token.", compact, access(finished("with a space after it", func(s string) string { return s + " " }))},
		row{"line-break-after", malformed, "access", "White space is no part of a token.", compact, access(finished("with a line feed after it", func(s string) string { return s + "\n" }))},
		row{"quoted", malformed, "access", "A token as JSON string.", compact, access(finished("between double quotes", func(s string) string { return `"` + s + `"` }))},
		row{"two-tokens", "encrypted_token", "access", "Two tokens in one text: four dots, whatever the parts hold.", compact, access(finished("twice, with a comma between", func(s string) string { return s + "," + s }))},
		row{"refresh-token", "encrypted_token", "access", "Clients send it by mistake, and the error must say so.", "RFC 7516 §3.1", text("a refresh token, of five parts", refreshToken(800))},
		row{"four-dots", "encrypted_token", "access", "Four dots, whatever the parts hold.", "RFC 7516 §3.1", text("four dots", "....")},
		row{"five-parts", "encrypted_token", "access", "A signed token with two parts more has four dots.", "RFC 7516 §9", access(finished("with .AAAA.AAAA after it", func(s string) string { return s + ".AAAA.AAAA" }))},
		row{"pbes2", "encrypted_token", "access", "A reader that decrypts it first derives a key in a billion steps.", "CVE-2023-52428; CVE-2023-50966; RFC 7518 §4.8.1.2",
			text("five parts; the header asks for PBES2 with p2c of 1000000000", base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":1000000000}`))+".AAAA.AAAA.AAAA.AAAA")},
	)
}

func shapeBase64(c *chapter) {
	const canonical = "RFC 7515 §2; RFC 4648 §3.5"
	raw, padded, standard := base64.RawURLEncoding, base64.URLEncoding, base64.RawStdEncoding
	insert := func(number int, words, s string) change {
		return part(number, words+" after the eighth character of part "+strconv.Itoa(number+1), func(p string) string { return p[:8] + s + p[8:] })
	}
	signedInsert := func(number int, words, s string) change {
		return encodedBy(number, words+" after the eighth character of part "+strconv.Itoa(number+1)+", and signed so", func(b []byte) string {
			p := raw.EncodeToString(b)
			return p[:8] + s + p[8:]
		})
	}
	last := func(number int) change {
		return part(number, "part "+strconv.Itoa(number+1)+" with the last of its unused bits set", spareBit)
	}
	c.add(
		row{"padded-header", malformed, "access", "Padding is left out.", canonical, access(encodedBy(0, "the first part padded, and signed so", padded.EncodeToString), fitting(0))},
		row{"padded-payload", malformed, "access", "Padding is left out.", canonical, access(encodedBy(1, "the second part padded, and signed so", padded.EncodeToString), fitting(1))},
		row{"padded-signature", malformed, "access", "Padding is left out.", canonical, access(encodedBy(2, "the third part padded", padded.EncodeToString))},
		row{"standard-header", malformed, "access", "The alphabet of base64url has - and _.", canonical, access(param("x", `"????>>>>"`), encodedBy(0, "the first part in standard base64, and signed so", standard.EncodeToString))},
		row{"standard-payload", malformed, "access", "The alphabet of base64url has - and _.", canonical, access(claim("x", `"????>>>>"`), encodedBy(1, "the second part in standard base64, and signed so", standard.EncodeToString))},
		row{"standard-signature", malformed, "access", "The alphabet of base64url has - and _.", canonical, access(encodedBy(2, "the third part in standard base64", standard.EncodeToString))},
		row{"spare-bit-header", malformed, "access", "A second spelling of the same bytes.", canonical, access(fitting(0), last(0))},
		row{"spare-bit-payload", malformed, "access", "A second spelling of the same bytes; signed so, since else the signature would tell.", canonical,
			access(fitting(1), encodedBy(1, "the second part with the last of its unused bits set, and signed so", func(b []byte) string { return spareBit(raw.EncodeToString(b)) }))},
		row{"spare-bit-signature", malformed, "access", "A second spelling of the same signature: caches and revocation by hash miss it.", canonical, access(last(2))},
		row{"line-feed-in-header", malformed, "access", "Some decoders skip line breaks.", canonical, access(signedInsert(0, "a line feed", "\n"))},
		row{"line-feed-in-payload", malformed, "access", "Some decoders skip line breaks.", canonical, access(signedInsert(1, "a line feed", "\n"))},
		row{"line-feed-in-signature", malformed, "access", "Some decoders skip line breaks.", canonical, access(insert(2, "a line feed", "\n"))},
		row{"carriage-return-in-signature", malformed, "access", "Some decoders skip line breaks.", canonical, access(insert(2, "a carriage return and line feed", "\r\n"))},
		row{"space-in-payload", malformed, "access", "Some decoders skip white space.", canonical, access(signedInsert(1, "a space", " "))},
		row{"tab-in-signature", malformed, "access", "Some decoders skip white space.", canonical, access(insert(2, "a tab", "\t"))},
		row{"nul-in-signature", malformed, "access", "Some decoders stop there.", canonical, access(insert(2, "a NUL", "\x00"))},
		row{"nul-after", malformed, "access", "Some decoders stop there.", canonical, access(finished("with a NUL after it", func(s string) string { return s + "\x00" }))},
		row{"percent-in-signature", malformed, "access", "A token is not percent-decoded.", canonical, access(part(2, "the first character of the third part percent-encoded", func(s string) string { return "%" + strconv.FormatInt(int64(s[0]), 16) + s[1:] }))},
		row{"garbage-after-signature", malformed, "access", "Some decoders skip what is not of their alphabet.", canonical, access(part(2, "with !!!! after it", func(s string) string { return s + "!!!!" }))},
		row{"one-character-over", malformed, "access", "No bytes have a base64 of such a length.", canonical, access(part(2, "the third part has as many A more as make its length 4n+1", func(s string) string { return s + strings.Repeat("A", (5-len(s)%4)%4) }))},
		row{"look-alike-letter", malformed, "access", "A Cyrillic A is not the Latin one.", canonical, access(insert(2, "U+0410", "А"))},
		row{"not-utf8", malformed, "access", "A byte that is no text.", canonical, access(insert(1, "the byte FF", "\xff"))},
		row{"decoded", malformed, "access", "The JSON itself between the dots.", canonical, access(part(1, "the second part decoded", func(s string) string { return string(must(raw.DecodeString(s))) }))},
	)
}

// spareBit sets the last of the bits in the last character that no byte has, where
// there is one.
func spareBit(s string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	n := strings.IndexByte(alphabet, s[len(s)-1])
	if len(s)%4 == 0 || n%2 != 0 {
		panic("vectorgen: no unused bits, or one is set")
	}
	return s[:len(s)-1] + string(alphabet[n+1])
}

// fitting makes a part of the token one byte longer where its length is a multiple
// of three, as base64 leaves no bits over then.
func fitting(number int) change {
	if number == 0 {
		return editHeader("a space after the header where its length would be a multiple of three", fit)
	}
	return editPayload("a space after the payload where its length would be a multiple of three", fit)
}

func fit(s string) string {
	if len(s)%3 == 0 {
		return s + " "
	}
	return s
}
