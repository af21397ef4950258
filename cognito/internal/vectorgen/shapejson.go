package main

import (
	"encoding/binary"
	"strconv"
	"strings"
)

const strictJSON = "RFC 7519 §7.2; RFC 8259 §2"

// shapePayload has payloads that are not one JSON object.
func shapePayload(c *chapter) {
	whole := func(id, why, value string) row {
		return row{id, malformed, "access", why, strictJSON, access(payload(value))}
	}
	around := func(id, why, words, before, after string) row {
		return row{id, malformed, "access", why, strictJSON, access(editPayload(words, func(s string) string { return before + s + after }))}
	}
	c.add(
		whole("payload-array", "The payload must be an object.", `[]`),
		whole("payload-string", "The payload must be an object.", `"x"`),
		whole("payload-null", "The payload must be an object.", `null`),
		whole("payload-number", "The payload must be an object.", `5`),
		whole("payload-no-json", "The payload must be JSON.", `foo`),
		whole("payload-blank", "The payload must be JSON.", ` `),
		whole("payload-cut", "Half an object.", `{"iss":"`),
		around("payload-in-an-array", "A list of one token is none.", "the payload is an array of the object", "[", "]"),
		around("payload-twice", "One object, not two.", "the payload is followed by {}", "", "{}"),
		around("payload-and-garbage", "Nothing may follow.", "the payload is followed by x", "", "x"),
		around("payload-and-nul", "Nothing may follow.", "the payload is followed by a NUL", "", "\x00"),
		around("payload-and-comma", "Nothing may follow.", "the payload is followed by a comma", "", ","),
		around("byte-order-mark", "JSON is sent without one.", "the payload begins with U+FEFF", "\ufeff", ""),
		around("no-break-space", "That is no white space of JSON.", "the payload is followed by U+00A0", "", "\u00a0"),
		around("form-feed", "That is no white space of JSON.", "the payload is followed by U+000C", "", "\f"),
		around("utf-16-mark", "JSON is UTF-8.", "the payload begins with the bytes FF FE", "\xff\xfe", ""),
		whole("payload-a-token", "A token in a token (nested JWT): there is no reader for that.", "eyJhbGciOiJub25lIn0.e30."),
		row{"payload-compressed", malformed, "access", "zip is for encrypted tokens; nothing is ever inflated.", "RFC 7516 §4.1.3; CVE-2024-28180", access(param("zip", `"DEF"`), editPayload("the payload deflated", deflate))},
		row{"utf-16", malformed, "access", "JSON is UTF-8.", "RFC 8259 §8.1", access(editPayload("the payload in UTF-16, big end first", func(s string) string {
			var b strings.Builder
			for n := range len(s) {
				b.WriteString("\x00" + s[n:n+1])
			}
			return b.String()
		}))},
		around("comment", "JSON has no comments.", "the payload is followed by /**/", "", "/**/"),
	)
}

// shapeValues has objects with one member that is not strict JSON: lax readers
// repair it, each in another way.
func shapeValues(c *chapter) {
	broken := func(id, why, value string) row {
		return row{id, malformed, "access", why, strictJSON, access(claim("custom:x", value))}
	}
	c.add(
		row{"comma-at-the-end", malformed, "access", "No comma after the last member.", strictJSON, access(editPayload("a comma after the last member", func(s string) string { return s[:len(s)-1] + ",}" }))},
		row{"single-quotes", malformed, "access", "Names are in double quotes.", strictJSON, access(moreClaims(`'x'`, "1"))},
		row{"name-without-quotes", malformed, "access", "Names are in double quotes.", strictJSON, access(moreClaims(`x`, "1"))},
		broken("raw-line-feed", "Control characters in strings are escaped.", "\"a\nb\""),
		broken("raw-nul", "Control characters in strings are escaped.", "\"a\x00b\""),
		broken("bad-escape", "No such escape.", `"\x41"`),
		broken("single-quote-escape", "No such escape.", `"\'"`),
		broken("number-with-zero", "No leading zero.", "01"),
		broken("number-with-plus", "No plus.", "+1"),
		broken("number-cut", "A digit after the point.", "1."),
		broken("number-hexadecimal", "Decimal only.", "0x10"),
		broken("not-a-number", "JSON has no NaN.", "NaN"),
		broken("infinity", "JSON has no infinity.", "-Infinity"),
		broken("true-in-capitals", "Literals are in lower case.", "True"),
		broken("bad-utf8", "Invalid UTF-8 is refused, not replaced: two readers would see two names.", "\"\xff\""),
		broken("overlong-utf8", "A slash in two bytes.", "\"\xc0\xaf\""),
		broken("surrogate-as-utf8", "A surrogate is no character.", "\"\xed\xa0\x80\""),
		broken("over-unicode", "Past U+10FFFF.", "\"\xf4\x90\x80\x80\""),
		broken("lone-high-surrogate", "Half a pair.", `"\ud83e"`),
		broken("lone-low-surrogate", "Half a pair.", `"\udc00"`),
		broken("surrogates-reversed", "The wrong way round.", `"\udd8a\ud83e"`),
		row{"bad-utf8-in-a-name", malformed, "access", "In names too.", strictJSON, access(moreClaims("\"x\xff\"", "1"))},
	)
}

// shapeDeep has texts that nest without need, and headers that are not one JSON
// object.
func shapeDeep(c *chapter) {
	c.add(
		row{"deep-arrays", malformed, "access", "Nesting exhausts the stack of readers that recurse.", "RFC 8259 §9; CWE-674", access(claim("custom:x", strings.Repeat("[", 2000)+strings.Repeat("]", 2000)))},
		row{"deep-objects", malformed, "access", "Nesting exhausts the stack of readers that recurse.", "RFC 8259 §9; CWE-674", access(claim("custom:x", strings.Repeat(`{"a":`, 1000)+"1"+strings.Repeat("}", 1000)))},
		row{"deep-not-closed", malformed, "access", "Nor is it closed.", "RFC 8259 §9; CWE-674", access(payload(strings.Repeat("[", 5000)))},
		row{"deep-header", malformed, "access", "In the header too.", "RFC 8259 §9; CWE-674", access(param("x", strings.Repeat("[", 2000)+strings.Repeat("]", 2000)))},
		row{"header-array", malformed, "access", "The header must be an object.", "RFC 7515 §4", access(header(`["RS256"]`))},
		row{"header-string", malformed, "access", "The header must be an object.", "RFC 7515 §4", access(header(`"RS256"`))},
		row{"header-null", malformed, "access", "The header must be an object.", "RFC 7515 §4", access(header(`null`))},
		row{"header-no-json", malformed, "access", "The header must be JSON.", "RFC 7515 §4", access(header(`alg=RS256`))},
		row{"header-twice", malformed, "access", "One object, not two.", "RFC 7515 §4", access(editHeader("the header is followed by {}", func(s string) string { return s + "{}" }))},
		row{"header-byte-order-mark", malformed, "access", "JSON is sent without one.", "RFC 8259 §8.1", access(editHeader("the header begins with U+FEFF", func(s string) string { return "\ufeff" + s }))},
		row{"header-bad-utf8", malformed, "access", "Invalid UTF-8 is refused.", "RFC 7515 §5.2", access(param("x", "\"\xff\""))},
	)
}

// shapeRepeated has objects with a name twice: readers that take the first and such
// that take the last would see two tokens.
func shapeRepeated(c *chapter) {
	const unique = "RFC 7515 §4; RFC 7519 §4; RFC 8259 §4"
	repeated := func(id, why string, changes ...change) row {
		return row{id, malformed, "access", why, unique, access(changes...)}
	}
	c.add(
		repeated("claim-repeated", "The last one says admin.", moreClaims(`"sub"`, `"admin"`)),
		repeated("claim-repeated-alike", "Even with the same value.", moreClaims(`"sub"`, quoted(subject))),
		repeated("claim-repeated-escaped", "Names are compared unescaped.", moreClaims(`"\u0073ub"`, `"admin"`)),
		repeated("exp-repeated", "Expired by one, good by the other.", claim("exp", "1"), moreClaims(`"exp"`, "9999999999")),
		repeated("iss-repeated", "Which issuer's key is it?", moreClaims(`"iss"`, `"https://evil.example"`)),
		repeated("token-use-repeated", "Of both kinds.", claim("token_use", `"id"`), moreClaims(`"token_use"`, `"access"`)),
		repeated("custom-repeated", "A name that means nothing here may mean something to the application.", moreClaims(`"custom:x"`, "1"), moreClaims(`"custom:x"`, "2")),
		repeated("far-apart", "With two hundred claims between.", claim("custom:x", "1"), moreMany(200), moreClaims(`"custom:x"`, "2")),
		repeated("long-name-repeated", "Names of a hundred letters.", moreClaims(quoted(strings.Repeat("n", 100)), "1"), moreClaims(quoted(strings.Repeat("n", 100)), "2")),
		repeated("empty-name-repeated", "The empty name too.", moreClaims(`""`, "1"), moreClaims(`""`, "2")),
		repeated("repeated-below", "At every depth.", claim("custom:x", `{"a":1,"a":2}`)),
		repeated("repeated-deep-below", "At every depth.", claim("custom:x", `[[{"b":[{"a":1,"b":{"c":0,"\u0063":0}}]}]]`)),
		repeated("alg-repeated", "One alg for each reader.", moreParams(`"alg"`, `"none"`)),
		repeated("alg-repeated-alike", "Even with the same value.", moreParams(`"alg"`, `"RS256"`)),
		repeated("alg-repeated-escaped", "Names are compared unescaped.", moreParams(`"\u0061lg"`, `"none"`)),
		repeated("kid-repeated", "One key for each reader.", moreParams(`"kid"`, `"x"`)),
		repeated("typ-repeated", "Parameters that are ignored as well.", moreParams(`"typ"`, `"JWT"`), moreParams(`"typ"`, `"JWT"`)),
		repeated("repeated-below-in-header", "At every depth.", param("x", `{"a":1,"a":2}`)),
	)
}

// moreMany appends custom claims of different names.
func moreMany(count int) change {
	return change{"then " + strconv.Itoa(count) + " more claims, c0, c1 and so on, each 0", func(d *draft) {
		for n := range count {
			d.payload = append(d.payload, member{quoted("c" + strconv.Itoa(n)), "0"})
		}
	}}
}

// deflate writes one stored block (RFC 1951 §3.2.4), which every inflater takes.
func deflate(s string) string {
	size := uint16(len(s)) //nolint:gosec // a payload of some hundred bytes
	return "\x01" + string(binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, size), ^size)) + s
}
