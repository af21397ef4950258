package inspector

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// visible makes a text from a token safe to show: what a browser would obey or not
// show (control characters, marks that turn the direction of writing, spaces that do
// not look like one) is written as an escape of JSON. Applied to a JSON text, line
// breaks of its layout aside, it leaves its value as it was. HTML's own characters are
// the templates' business.
func visible(text string) string {
	var b strings.Builder
	for text != "" {
		r, size := utf8.DecodeRuneInString(text)
		switch {
		case r == '\n', strconv.IsPrint(r) && (r != utf8.RuneError || size > 1):
			b.WriteString(text[:size])
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

// visibleName is visible for the name of a member, which must not break its line.
func visibleName(name string) string {
	return strings.ReplaceAll(visible(name), "\n", `\n`)
}

// unescapeSlashes takes back what Cognito does to every slash, for eyes: an address
// can then be copied. A backslash that is escaped itself stays.
var unescapeSlashes = strings.NewReplacer(`\\`, `\\`, `\/`, `/`)

// deepest is how deep a JSON value may nest to be indented. An array of thousands of
// members sixty levels down would be mostly white space.
const deepest = 8

// shortest is up to how many bytes a value stays on one line.
const shortest = 48

// pretty writes a JSON value for eyes.
func pretty(raw json.RawMessage) string {
	var b bytes.Buffer
	write := func() error { return json.Indent(&b, raw, "", "  ") }
	if len(raw) <= shortest || depth(raw) > deepest {
		write = func() error { return json.Compact(&b, raw) }
	}
	if write() != nil { // decoded before by stricter rules: this cannot be
		b.Reset()
		b.Write(raw)
	}
	return unescapeSlashes.Replace(visible(b.String()))
}

// depth is how deep arrays and objects nest in a JSON text.
func depth(raw []byte) int {
	most, level, inString := 0, 0, false
	for n := 0; n < len(raw); n++ {
		switch c := raw[n]; {
		case inString && c == '\\':
			n++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			level++
			most = max(most, level)
		case c == '}' || c == ']':
			level--
		}
	}
	return most
}

// A member is one of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members reads an object in its own order. A token's is strict JSON, or the library
// would not have decoded it; of other texts the error tells that it is not an object,
// or that a name is in it twice.
func members(raw []byte) ([]member, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if token, err := decoder.Token(); err != nil || token != json.Delim('{') {
		return nil, errNoObject
	}
	var list []member
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			return nil, errNoObject
		}
		m := member{name: name}
		if decoder.Decode(&m.value) != nil {
			return nil, errNoObject
		}
		if seen[name] {
			return nil, errRepeated
		}
		seen[name] = true
		list = append(list, m)
	}
	if _, err := decoder.Token(); err != nil || len(bytes.TrimSpace(raw[decoder.InputOffset():])) > 0 {
		return nil, errNoObject
	}
	return list, nil
}
