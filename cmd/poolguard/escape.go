package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// escape makes text from a token or a server safe to show: whatever a terminal
// might obey or not show (control characters, escape sequences, marks that turn
// the direction of writing, spaces that do not look like one, bytes that are no
// UTF-8) is written as an escape. A backslash stays one, so that the result cannot
// be turned back: it is for eyes.
func escape(text string, ascii bool) string {
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case showable(r, ascii):
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

// showable reports whether a terminal shows r as a character and does nothing else
// with it.
func showable(r rune, ascii bool) bool {
	return strconv.IsPrint(r) && (!ascii || r < utf8.RuneSelf)
}

// escapeJSON does the same with an indented JSON text, by the escapes of JSON: the
// result is JSON of the same value.
func escapeJSON(text []byte, ascii bool) string {
	var b strings.Builder
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r == '\n' || (showable(r, ascii) && (r != utf8.RuneError || size > 1)):
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
