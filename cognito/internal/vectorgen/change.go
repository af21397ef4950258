package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// said replaces the words of a change whose own would be too long or too dull.
func (c change) said(words string) change { return change{words, c.apply} }

// shown is a JSON text for a recipe, cut where it is long or no text at all.
func shown(value string) string {
	const longest = 120
	if !utf8.ValidString(value) {
		return fmt.Sprintf("the bytes %x", value)
	}
	if len(value) > longest {
		return fmt.Sprintf("%s… (%d bytes)", strings.ToValidUTF8(value[:longest], ""), len(value))
	}
	return value
}

// claim sets a claim to a JSON text.
func claim(name, value string) change {
	return change{"claim " + name + " is " + shown(value), func(d *draft) { d.set(name, value) }}
}

// moreClaims appends a member to the payload even where its name is there already.
// Both are JSON texts.
func moreClaims(name, value string) change {
	return change{"then one more claim, " + shown(name) + ": " + shown(value), func(d *draft) { d.payload = append(d.payload, member{name, value}) }}
}

func without(names ...string) change {
	return change{"without the claim " + strings.Join(names, ", "), func(d *draft) {
		for _, name := range names {
			d.payload = deleteMember(d.payload, quoted(name))
		}
	}}
}

// payload replaces the text of the payload.
func payload(s string) change {
	return change{"the payload is the text " + shown(s), func(d *draft) { d.payloadText = &s }}
}

// editPayload changes the text of the payload before it is signed.
func editPayload(words string, edit func(string) string) change {
	return change{words, func(d *draft) {
		s := edit(objectText(d.payload, d.payloadText))
		d.payloadText = &s
	}}
}

// param sets a header parameter to a JSON text.
func param(name, value string) change {
	return change{"header parameter " + name + " is " + shown(value), func(d *draft) { d.header = setMember(d.header, quoted(name), value) }}
}

func moreParams(name, value string) change {
	return change{"then one more header parameter, " + shown(name) + ": " + shown(value), func(d *draft) { d.header = append(d.header, member{name, value}) }}
}

func withoutParam(name string) change {
	return change{"without the header parameter " + name, func(d *draft) { d.header = deleteMember(d.header, quoted(name)) }}
}

func header(s string) change {
	return change{"the header is the text " + shown(s), func(d *draft) { d.headerText = &s }}
}

func editHeader(words string, edit func(string) string) change {
	return change{words, func(d *draft) {
		s := edit(objectText(d.header, d.headerText))
		d.headerText = &s
	}}
}

// signed replaces the signature and leaves the header as it is.
func signed(words string, s signer) change {
	return change{words, func(d *draft) { d.signature = s }}
}

// signedBy signs with another key under its own name.
func signedBy(k *key) change {
	return change{"signed by the key " + k.label + " under its own kid", func(d *draft) {
		d.header = setMember(d.header, `"kid"`, quoted(k.kid))
		d.signature = k.rs256
	}}
}

// forgedBy signs with another key under the name that is there.
func forgedBy(k *key) change {
	return signed("signed by the key "+k.label+", with the kid left as it is", k.rs256)
}

// algorithm sets alg and signs by it.
func algorithm(name, words string, s signer) change {
	return change{"alg is " + quoted(name) + "; " + words, func(d *draft) {
		d.header = setMember(d.header, `"alg"`, quoted(name))
		d.signature = s
	}}
}

// finished changes the text of the token after it is signed.
func finished(words string, edit func(token string) string) change {
	return change{words, func(d *draft) {
		before := d.finish
		d.finish = func(token string) string {
			if before != nil {
				token = before(token)
			}
			return edit(token)
		}
	}}
}

// part changes the text of one part of the token after it is signed.
func part(number int, words string, edit func(string) string) change {
	return finished(words, func(token string) string {
		parts := strings.Split(token, ".")
		parts[number] = edit(parts[number])
		return strings.Join(parts, ".")
	})
}

// encodedBy encodes one part in another way and signs that.
func encodedBy(number int, words string, encode func([]byte) string) change {
	return change{words, func(d *draft) {
		before := d.encode
		d.encode = func(part int, b []byte) string {
			if part == number {
				return encode(b)
			}
			return before(part, b)
		}
	}}
}

// until tries one jti after the other until the signature is as it should be.
func until(words string, good func(signature []byte) bool) change {
	return change{words, func(d *draft) { d.unlucky = func(signature []byte) bool { return !good(signature) } }}
}
