package challenge

import "strings"

// Bearer returns the parameters of the one Bearer challenge among the values of a
// WWW-Authenticate field, by their names in lower case, such as those of
//
//	Bearer realm="x", error="invalid_token"
//
// Amazon's page writes it without the scheme. Parameters are tokens or quoted strings
// (RFC 9110 §11.2). The result is nil if there is no challenge or more than one, if it is of
// another scheme, if it is malformed, or if a parameter is repeated.
func Bearer(values []string) map[string]string {
	if len(values) != 1 {
		return nil
	}
	rest := strings.Trim(values[0], " \t")
	if scheme, after, found := strings.Cut(rest, " "); found && !strings.Contains(scheme, "=") {
		if !strings.EqualFold(scheme, "Bearer") {
			return nil
		}
		rest = after
	}
	parameters := map[string]string{}
	for {
		key, value, after, ok := parameter(rest)
		key = strings.ToLower(key)
		if _, repeated := parameters[key]; !ok || repeated {
			return nil
		}
		parameters[key] = value
		if after == "" {
			return parameters
		}
		if after[0] != ',' {
			return nil
		}
		rest = after[1:]
	}
}

// parameter reads one and returns what follows it, without white space in front.
func parameter(s string) (key, value, rest string, ok bool) {
	key, s, found := strings.Cut(s, "=")
	key, s = strings.Trim(key, " \t"), strings.TrimLeft(s, " \t")
	if !found || !isName(key) {
		return "", "", "", false
	}
	if strings.HasPrefix(s, `"`) {
		value, rest, ok = quoted(s[1:])
	} else {
		end := strings.IndexAny(s+",", ", \t")
		value, rest = s[:end], s[end:]
		ok = isName(value)
	}
	return key, value, strings.TrimLeft(rest, " \t"), ok
}

// quoted reads a quoted string whose first quote was read.
func quoted(s string) (value, rest string, ok bool) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:], true
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", false
}

func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}
