package describe

import (
	"errors"
	"reflect"

	strict "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// DecodeError is a fault of a JSON text. It names members and JSON types, never values. It
// is always short.
type DecodeError struct {
	// Path leads to the member that is wrong, as in "Policies.PasswordPolicy" or
	// "Schema[2].Name". Empty is the whole text.
	Path string
	// Within means that the fault is inside the member at Path. An error shows neither
	// values nor the keys of maps nor unknown names.
	Within bool
	// Kind is what the member is and cannot be, as in "string"; else it is "".
	Kind string
	// Twice is about a name that an object has more than once.
	Twice bool

	cause error
}

func (f *DecodeError) Error() string {
	at := f.Path
	switch {
	case at == "":
		at = "the body"
	case f.Within && !f.Twice:
		at = "a value of " + at
	}
	switch {
	case f.Twice && f.Within:
		return at + " has a member twice"
	case f.Twice:
		return at + " is there twice"
	case f.Kind != "":
		return at + " cannot be a JSON " + f.Kind
	}
	return at + " is not JSON"
}

func (f *DecodeError) Unwrap() error { return f.cause }

// Decode reads one JSON value as AWS does, where encoding/json is not that strict:
// names are compared by case, and those of objects are there once; text is UTF-8.
// Members that v does not have are ignored. Errors are of type *[DecodeError].
func Decode(b []byte, v any) error {
	if err := strict.Unmarshal(b, v); err != nil {
		return faultOf(err, reflect.TypeOf(v))
	}
	return nil
}

// faultOf names only members that t has, or all members if t is nil.
func faultOf(err error, t reflect.Type) *DecodeError {
	f := &DecodeError{cause: err}
	var at jsontext.Pointer
	if wrong := new(strict.SemanticError); errors.As(err, &wrong) {
		at, f.Kind = wrong.JSONPointer, kindOf(wrong.JSONKind)
		if wrong.Err != nil {
			f.cause = wrong.Err
		}
		if wrong.JSONKind == '0' && wrong.GoType != nil && wrong.GoType.Kind() == reflect.Int {
			f.Kind += " of this form"
		}
	} else if wrong := new(jsontext.SyntacticError); errors.As(err, &wrong) {
		at, f.Twice, f.cause = wrong.JSONPointer, errors.Is(err, jsontext.ErrDuplicateName), wrong.Err
	}
	f.Path, f.Within = pathOf(at, t)
	return f
}

func kindOf(k jsontext.Kind) string {
	switch k {
	case '"':
		return "string"
	case '0':
		return "number"
	case 't', 'f':
		return "bool"
	case '[':
		return "array"
	case '{':
		return "object"
	default:
		return "null"
	}
}
