package cognito

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"
)

// A ListFormat says how a claim holds a list of names. The caller names it: the same text
// means other names in another format. The zero value is no format, and nothing can be read
// with it.
//
// In three of the formats, a name that holds the separator looks like two names. A user who
// can choose such a name can choose to be in another group as well. Use these formats only if
// no user can choose the names. A text that shows the fault, for example by brackets within a
// name, is an error and never another list.
type ListFormat string

const (
	// ListArray is a JSON array of strings, as in cognito:groups. It is unambiguous.
	ListArray ListFormat = "array"
	// ListJSON is a string with a JSON array of strings in it, such as "[\"a\",\"b\"]": what a
	// trigger writes with JSON.stringify. It is unambiguous.
	ListJSON ListFormat = "json"
	// ListCommas is a string with names between commas, such as "a,b" or "a, b". API
	// Gateway's REST APIs hand cognito:groups on like this.
	ListCommas ListFormat = "commas"
	// ListBrackets is a string such as "[a, b]", or "a" for a single name: what a user
	// pool makes of a SAML attribute with several values, such as custom:groups. The names
	// are not decoded. Whether Cognito encodes characters in them is unconfirmed.
	ListBrackets ListFormat = "brackets"
	// ListSpaces is a string such as "[a b c]", in which the JWT authorizer of API Gateway's
	// HTTP APIs hands arrays on: https://github.com/aws/aws-lambda-go/issues/591.
	ListSpaces ListFormat = "spaces"
)

// ParseList reads the names in text, which is the value of a claim without the quotes of
// JSON: what API Gateway hands to a function, for example. The formats are those of a string;
// for [ListArray], text is the array as JSON. An empty text and an empty pair of brackets are
// the empty list.
//
// ParseList returns an error rather than names that may be others than the intended ones. A
// name must not be empty, and must have no space around it, no control character, and no
// character that belongs to another format. A format that is not one of the constants is an
// error, too. No error has a part of the text.
func ParseList(text string, format ListFormat) (Set, error) {
	names, err := format.parse(text)
	if err != nil {
		return Set{}, fmt.Errorf("cognito: the list %w", err)
	}
	return Set{names}, nil
}

var (
	errEmptyName = errors.New("has an empty name, or a name with space around it")
	errOtherForm = errors.New("has brackets or quotation marks in a name: it is in another format, or its names run together")
	errSeparator = errors.New("has commas with and without a space after them, so its names run together")
)

func (f ListFormat) unknown() error {
	return fmt.Errorf("has the unknown format %q; use one of the constants of ListFormat", string(f))
}

func (f ListFormat) parse(text string) ([]string, error) {
	if !f.isKnown() {
		return nil, f.unknown()
	}
	if f == ListArray || f == ListJSON {
		var names []string // nil for the JSON text null
		if err := jsonv2.Unmarshal([]byte(text), &names); err != nil || names == nil {
			return nil, errors.New("is not a JSON array of strings")
		}
		return names, checkListed(names, "")
	}
	inner, bracketed, err := withoutBrackets(text)
	if err != nil {
		return nil, err
	}
	switch {
	case f == ListCommas && bracketed:
		return nil, errOtherForm
	case f == ListSpaces && !bracketed && text != "":
		return nil, errors.New("has no brackets around it")
	case inner == "":
		return []string{}, nil
	case f == ListSpaces:
		names := strings.Split(inner, " ")
		return names, checkListed(names, `[]",`)
	case f == ListBrackets && !bracketed:
		return []string{inner}, checkListed([]string{inner}, `[]",`)
	}
	separator := ","
	if f == ListBrackets || strings.Contains(inner, ", ") {
		separator = ", "
	}
	names := strings.Split(inner, separator)
	if strings.Count(inner, ",") != len(names)-1 {
		return nil, errSeparator
	}
	return names, checkListed(names, `[]"`)
}

func (f ListFormat) isKnown() bool {
	switch f {
	case ListArray, ListJSON, ListCommas, ListBrackets, ListSpaces:
		return true
	}
	return false
}

// withoutBrackets removes a pair of brackets around text.
func withoutBrackets(text string) (inner string, bracketed bool, err error) {
	inner, opened := strings.CutPrefix(text, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if opened != closed {
		return "", false, errOtherForm
	}
	return inner, opened, nil
}

// checkListed refuses lists in which a name is nothing that anyone would call a group, or has
// one of the characters that belong to another format.
func checkListed(names []string, foreign string) error {
	for _, name := range names {
		switch {
		case name == "" || strings.TrimSpace(name) != name:
			return errEmptyName
		case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
			return errors.New("has control characters, or is not UTF-8")
		case strings.ContainsAny(name, foreign):
			return errOtherForm
		}
	}
	return nil
}

// list reads a claim as a list. It is absent, or an error says why it cannot be read.
func (t *payload) list(name string, format ListFormat) (names []string, present bool, err error) {
	value, ok := t.member(name)
	if !ok {
		return nil, false, nil
	}
	text := string(value)
	if format != ListArray {
		if text, ok = value.Text(); !ok {
			return nil, true, fmt.Errorf("is not a string; got %s", kindOfValue(value))
		}
	}
	names, err = format.parse(text)
	return names, true, err
}

// claimList is the method List of both kinds of token.
func (t *payload) claimList(name string, format ListFormat) (Set, error) {
	names, _, err := t.list(name, format)
	if !format.isKnown() { // also if the claim is absent
		err = format.unknown()
	}
	if err != nil {
		return Set{}, fmt.Errorf("cognito: the claim %s %w", quote(name), err)
	}
	return Set{names}, nil
}

// List returns the names in a claim, such as custom:groups, in the format that the caller
// says. It is empty if the claim is absent. The error says why the claim is not such a list:
// see [ParseList].
func (t *IDToken) List(name string, format ListFormat) (Set, error) {
	return t.payload().claimList(name, format)
}

// List returns the names in a claim in the format that the caller says: see [IDToken.List].
func (t *AccessToken) List(name string, format ListFormat) (Set, error) {
	return t.payload().claimList(name, format)
}
