package inspector

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/poolguard/poolguard/internal/terminal"
)

// visible makes a text from a token safe to show. It writes as escapes of JSON what a
// browser obeys or does not show: control characters, marks that change the direction of
// writing, unusual spaces. A JSON text keeps its value, except for line breaks of its
// layout. The templates escape the characters of HTML.
func visible(text string) string { return terminal.EscapeJSON([]byte(text), false) }

// visibleName is visible for the name of a member, which stays on one line.
func visibleName(name string) string {
	return strings.ReplaceAll(visible(name), "\n", `\n`)
}

// unescapeSlashes removes the escape that Cognito writes before every slash, so that an
// address can be copied. An escaped backslash stays.
var unescapeSlashes = strings.NewReplacer(`\\`, `\\`, `\/`, `/`)

// deepest is the deepest nesting of a JSON value that is indented. A deep array of
// thousands of members would be mostly white space.
const deepest = 8

// shortest is the length of a value, in bytes, up to which it stays on one line.
const shortest = 48

// pretty writes a JSON value for reading.
func pretty(raw json.RawMessage) string {
	var b bytes.Buffer
	write := func() error { return json.Indent(&b, raw, "", "  ") }
	if len(raw) <= shortest || depth(raw) > deepest {
		write = func() error { return json.Compact(&b, raw) }
	}
	if write() != nil { // impossible: stricter rules decoded it before
		b.Reset()
		b.Write(raw)
	}
	return unescapeSlashes.Replace(visible(b.String()))
}

// depth is the nesting of arrays and objects in a JSON text.
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

// A member is a name and a value of a JSON object.
type member struct {
	name  string
	value json.RawMessage
}

// members reads an object in its own order. The JSON of a token is strict, since the
// library decoded it. For another text, the error says that it is not an object, or that
// a name is in it twice.
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
