package oauth

import "strings"

// parameterOf returns a parameter in a challenge such as
//
//	Bearer realm="x", error="invalid_token"
//
// if it is a quoted string or a token (RFC 9110 §11.2). A malformed parameter counts as
// absent: the result is only used as the name of an error.
func parameterOf(challenge, name string) string {
	_, rest, _ := strings.Cut(strings.TrimLeft(challenge, " "), " ")
	for rest != "" {
		key, after, found := strings.Cut(rest, "=")
		if !found {
			return ""
		}
		var value string
		if after = strings.TrimLeft(after, " "); strings.HasPrefix(after, `"`) {
			value, after = quoted(after[1:])
		} else {
			end := strings.IndexAny(after+",", ", ")
			value, after = after[:end], after[end:]
		}
		if strings.EqualFold(strings.Trim(key, " ,"), name) {
			return value
		}
		rest = after
	}
	return ""
}

// quoted reads a quoted string whose first quote was read.
func quoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", ""
}
