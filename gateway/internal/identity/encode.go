package identity

import (
	"encoding/json"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

const upperHex = "0123456789ABCDEF"

// Encode returns text as the value of a header: the percent sign and bytes outside of
// 0x20 to 0x7E are percent-encoded, with upper-case digits. Spaces at the ends are encoded
// too, because HTTP does not keep them.
func Encode(text string) string { return encode(text, "") }

// encodeList joins encoded names. The separator is encoded within a name.
func encodeList(names cognito.Set, separator string) string {
	size := 0
	for name := range names.All() {
		size += len(name) + len(separator)
	}
	var list strings.Builder // one allocation, unless a name has something to encode
	for name := range names.All() {
		text := encode(name, separator)
		if names.Len() == 1 {
			return text
		}
		if list.Cap() == 0 {
			list.Grow(size)
		} else {
			list.WriteString(separator)
		}
		list.WriteString(text)
	}
	return list.String()
}

func encode(text, separator string) string {
	first := 0
	for first < len(text) && !isEncoded(text, first, separator) {
		first++
	}
	if first == len(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + 16)
	b.WriteString(text[:first])
	for n := first; n < len(text); n++ {
		c := text[n]
		if isEncoded(text, n, separator) {
			b.WriteByte('%')
			b.WriteByte(upperHex[c>>4])
			b.WriteByte(upperHex[c&15])
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}

func isEncoded(text string, n int, separator string) bool {
	c := text[n]
	switch {
	case c < 0x20, c > 0x7e, c == '%':
		return true
	case c == ' ' && (n == 0 || n == len(text)-1):
		return true
	}
	return separator != "" && c == separator[0]
}

// claimText returns the value of a claim as a header has it: a string, the number or the
// boolean as it stands in the token, or the texts of a list with commas between them. Other
// values, null and objects, have no text.
func claimText(value json.RawMessage) string {
	if len(value) == 0 {
		return ""
	}
	switch value[0] {
	case '"':
		return Encode(textOf(value))
	case '[':
		var list []json.RawMessage
		if json.Unmarshal(value, &list) != nil {
			return ""
		}
		texts := make([]string, 0, len(list))
		for _, each := range list {
			texts = append(texts, encode(textOf(each), ","))
		}
		return strings.Join(texts, ",")
	}
	return textOf(value)
}

// textOf returns the text of a string, a number or a boolean, and "" for other values.
func textOf(value json.RawMessage) string {
	if len(value) == 0 {
		return ""
	}
	switch value[0] {
	case '"':
		var text string
		if json.Unmarshal(value, &text) != nil {
			return ""
		}
		return text
	case '[', '{', 'n':
		return ""
	}
	return string(value)
}
