package terminal

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Escape makes untrusted text safe to show, for example a claim of a token or an
// answer of a server. It writes as an escape everything that a terminal obeys or does
// not show: control characters, escape sequences, and marks that change the direction of
// writing. The same holds for spaces that look like another character, characters without
// a shape such as fillers and variation selectors, and bytes that are not UTF-8. With ascii, it also
// escapes each character beyond ASCII. A backslash is not doubled, so the result is for
// readers and cannot be decoded.
func Escape(text string, ascii bool) string {
	return escape(text, func(r rune) bool { return printable(r, ascii) })
}

func escape(text string, keep func(rune) bool) string {
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case keep(r):
			b.WriteString(text[:size])
		case r < utf8.RuneSelf:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u{%x}`, r)
		}
		text = text[size:]
	}
	return b.String()
}

// printable reports whether a terminal shows r as a character and does nothing else
// with it.
func printable(r rune, ascii bool) bool {
	if r < utf8.RuneSelf {
		return strconv.IsPrint(r)
	}
	return !ascii && strconv.IsPrint(r) && !unicode.In(r, shapeless...)
}

// shapeless are characters that count as printable and show nothing: Unicode's default
// ignorable code points (UAX #44), among them the fillers of Hangul, and two symbols that
// are blank by definition.
var shapeless = []*unicode.RangeTable{
	unicode.Other_Default_Ignorable_Code_Point,
	unicode.Variation_Selector,
	{
		R16: []unicode.Range16{{Lo: 0x2800, Hi: 0x2800, Stride: 1}},   // braille pattern blank
		R32: []unicode.Range32{{Lo: 0x1d159, Hi: 0x1d159, Stride: 1}}, // musical symbol null notehead
	},
}

// EscapeJSON is [Escape] for a JSON text: an indented one for people, or one on a line
// for programs. It uses the escapes of JSON, so the result is JSON with the same value.
// JSON has characters that are not printable in strings only, except for the white space
// of its layout: of that, line feeds stay, and the others must not be in the text.
func EscapeJSON(text []byte, ascii bool) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\n' || (printable(r, ascii) && (r != utf8.RuneError || size > 1)):
			b.Write(text[:size])
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[size:]
	}
	return b.String()
}
