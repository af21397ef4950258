package route

import (
	"errors"
	"fmt"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

// A part is one label of a host pattern or one segment of a path pattern.
type part struct {
	literal  string
	any      bool   // * or {name}: every label, every segment that is not empty
	variable string // the name in {name}
}

// A pattern is a host pattern, its labels from the right to the left, or a path pattern.
type pattern struct {
	parts []part
	rest  bool // ** at the end of a path
}

// parseHost reads a host pattern, such as api.example.com, *.example.com or
// {tenant}.example.com.
func parseHost(text string) (pattern, error) {
	if strings.HasPrefix(text, "[") {
		host, ok := CanonicalHost(text)
		if !ok || !strings.HasSuffix(text, "]") {
			return pattern{}, fmt.Errorf("%q is not an IPv6 address in brackets", text)
		}
		return pattern{parts: []part{{literal: host}}}, nil
	}
	if strings.ContainsAny(text, "/:") {
		return pattern{}, fmt.Errorf("%q has more than a host: remove scheme, port and path", text)
	}
	labels := strings.Split(strings.TrimSuffix(text, "."), ".")
	var p pattern
	literals := 0
	for n := len(labels) - 1; n >= 0; n-- {
		label, err := parsePart(labels[n])
		switch {
		case err != nil:
			return pattern{}, fmt.Errorf("%q: %w", text, err)
		case label.any:
		case !isName(label.literal):
			return pattern{}, fmt.Errorf("%q is not a host name; write names beyond ASCII in their xn-- form", text)
		default:
			label.literal = strings.ToLower(label.literal)
			literals++
		}
		p.parts = append(p.parts, label)
	}
	if literals == 0 {
		return pattern{}, fmt.Errorf("%q matches hosts of every name: to match every host, leave out hosts", text)
	}
	return p, nil
}

// parsePath reads a path pattern, such as /orders/{id}, /files/*/raw or /admin/**.
func parsePath(text string) (pattern, requestpath.Class, error) {
	if !strings.HasPrefix(text, "/") {
		return pattern{}, 0, fmt.Errorf("%q does not begin with a slash", text)
	}
	var p pattern
	var class requestpath.Class
	segments := strings.Split(text[1:], "/")
	for n, text := range segments {
		last := n == len(segments)-1
		if text == "**" && last {
			p.rest = true
			return p, class, nil
		}
		segment, err := parsePart(text)
		if err != nil {
			return pattern{}, 0, err
		}
		if !segment.any {
			var found requestpath.Class
			if segment.literal, found, err = parseSegment(segment.literal, last); err != nil {
				return pattern{}, 0, err
			}
			class |= found
		}
		p.parts = append(p.parts, segment)
	}
	return p, class, nil
}

// parseSegment reads a segment without variables as a request's path is read.
func parseSegment(text string, last bool) (string, requestpath.Class, error) {
	switch {
	case text == "" && !last:
		return "", 0, errors.New("has two slashes in a row")
	case strings.ContainsAny(text, "?"):
		return "", 0, errors.New("has a query, which is not matched: remove ? and what follows")
	}
	// A space cannot be in a request, but is easier to read than its escape.
	path, err := requestpath.Parse("/" + strings.ReplaceAll(text, " ", "%20"))
	if err != nil {
		return "", 0, err
	}
	if path.Class()&(requestpath.EncodedSlash|requestpath.Semicolon) != 0 {
		return "", 0, errors.New("has a semicolon or %2F: requests with them only match * or **")
	}
	return path.String()[1:], path.Class(), nil
}

// parsePart reads a label or a segment. A { that is doubled stands for itself.
func parsePart(text string) (part, error) {
	if text == "*" {
		return part{any: true}, nil
	}
	if strings.Contains(text, "*") {
		return part{}, fmt.Errorf("%q has an asterisk beside other text: * stands for all of it, and ** is at the end of a path; write %%2A for an asterisk in a path", text)
	}
	name, ok, err := Variable(text)
	switch {
	case err != nil:
		return part{}, err
	case ok:
		return part{any: true, variable: name}, nil
	}
	return part{literal: Literal(text)}, nil
}

// Variable returns the name in a text of the form {name}. ok is false for a text without a
// variable; a variable beside other text is an error.
func Variable(text string) (name string, ok bool, err error) {
	if !strings.Contains(strings.ReplaceAll(text, "{{", ""), "{") {
		return "", false, nil
	}
	if len(text) > 2 && text[0] == '{' && text[len(text)-1] == '}' {
		name = text[1 : len(text)-1]
	}
	if !isVariableName(name) {
		return "", false, fmt.Errorf("%q is not a variable: write {name} with nothing beside it, of letters, digits and underscores, and {{ for a brace", text)
	}
	return name, true, nil
}

// Literal returns what a text without a variable stands for: each {{ is a brace.
func Literal(text string) string { return strings.ReplaceAll(text, "{{", "{") }

func isVariableName(name string) bool {
	for n := range len(name) {
		c := name[n]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (n == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// covers reports whether p matches everything that other matches.
func (p pattern) covers(other pattern) bool {
	if len(p.parts) > len(other.parts) || !p.rest && (other.rest || len(p.parts) != len(other.parts)) {
		return false
	}
	for n, mine := range p.parts {
		switch theirs := other.parts[n]; {
		case mine.any && !theirs.any && theirs.literal == "":
			return false
		case !mine.any && (theirs.any || mine.literal != theirs.literal):
			return false
		}
	}
	return true
}
