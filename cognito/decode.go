package cognito

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"github.com/poolguard/poolguard/cognito/internal/jose"
)

// likeStandard has the strict decoder read the types of encoding/json as that package does, and
// refuse what that package refuses. The option string of a struct tag is for booleans and
// strings too. An array of bytes is a JSON array.
var likeStandard = jsonv2.JoinOptions(
	jsonv1.StringifyWithLegacySemantics(true),
	jsonv1.FormatByteArrayAsArray(true),
	jsonv2.WithUnmarshalers(jsonv2.JoinUnmarshalers(
		jsonv2.UnmarshalFromFunc(decodeNumber),
		jsonv2.UnmarshalFromFunc(decodeStrictly),
	)),
)

// decode reads the payload into dst strictly.
func (t *payload) decode(dst any) error {
	//mutate:ignore never: the decoder refuses nil as well
	if v := reflect.ValueOf(dst); v.Kind() != reflect.Pointer || v.IsNil() {
		return errors.New("cognito: Claims needs a non-nil pointer to decode into")
	}
	if err := jsonv2.Unmarshal([]byte(t.json), dst, likeStandard); err != nil {
		return fmt.Errorf("cognito: the claims do not fit the Go type; RawClaims returns them for another decoder: %w", err)
	}
	return nil
}

// isTagged reports whether the value is of a field with the tag option string.
func isTagged(dec *jsontext.Decoder) bool {
	tagged, _ := jsonv2.GetOption(dec.Options(), jsonv2.StringifyNumbers)
	return tagged
}

// decodeNumber reads a JSON number, a string with exactly one in it, or null. With the tag
// option string it must be in a string.
func decodeNumber(dec *jsontext.Decoder, n *json.Number) error {
	text, err := dec.ReadValue()
	//mutate:ignore never: the payload was read before
	if err != nil {
		return err
	}
	value := jose.Value(text)
	quoted, isText := value.Text()
	if isText {
		value = jose.Value(quoted)
	}
	switch {
	case string(text) == "null":
		*n = ""
	case !isText && isTagged(dec):
		return errors.New("not a number in a string")
	case !isNumber(value):
		return errors.New("not a number")
	default:
		*n = json.Number(value)
	}
	return nil
}

// isNumber reports whether text is a JSON number with nothing around it.
func isNumber(text jose.Value) bool {
	return text.IsNumber() && jsontext.Value(text).IsValid() && strings.TrimSpace(string(text)) == string(text)
}

// decodeStrictly refuses what the decoder accepts and encoding/json does not: a number in a
// string that begins with anything but a digit or a minus sign, such as "NaN" or "+1", and maps
// by booleans or fractions. It leaves the rest to the decoder, unsigned numbers too.
func decodeStrictly(dec *jsontext.Decoder, dst any) error {
	v := reflect.ValueOf(dst).Elem()
	switch kind := dec.PeekKind(); {
	case decodesItself(v.Type()):
	case kind == '{' && v.Kind() == reflect.Map && !isName(v.Type().Key()):
		return errors.New("the keys of the map are not names")
	case kind == '"' && isTagged(dec) && (v.CanInt() || v.CanFloat()):
		token, err := dec.ReadToken()
		//mutate:ignore never: the payload was read before
		if err != nil {
			return err
		}
		return setNumber(v, token.String())
	}
	return errors.ErrUnsupported // not read: the decoder's own way follows
}

// setNumber sets v to the number in a string, in Go's spelling, as encoding/json does.
func setNumber(v reflect.Value, text string) (err error) {
	if text == "null" {
		v.SetZero()
		return nil
	}
	if text == "" || !strings.ContainsRune("-0123456789", rune(text[0])) {
		return errors.New("not a number in the string")
	}
	bits := v.Type().Bits()
	switch {
	case v.CanInt():
		var n int64
		if n, err = strconv.ParseInt(text, 10, bits); err == nil {
			v.SetInt(n)
		}
	default:
		var n float64
		if n, err = strconv.ParseFloat(text, bits); err == nil {
			v.SetFloat(n)
		}
	}
	return errors.Unwrap(err) // without the text
}

// decodesItself reports whether a type has a method that decodes it.
func decodesItself(t reflect.Type) bool {
	p := reflect.PointerTo(t)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) ||
		p.Implements(reflect.TypeFor[jsonv2.UnmarshalerFrom]())
}

// isName reports whether encoding/json has maps with keys of a type.
func isName(t reflect.Type) bool {
	switch t.Kind() { //nolint:exhaustive // the others are keys only with a method
	case reflect.String, reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return true
	}
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
