package jose

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// MaxDepth is how deep arrays and objects may nest in a JSON text read by this
// package. Cognito's own tokens use three levels.
const MaxDepth = 64

// A Value is the text of one JSON value that has been checked to be well formed.
type Value []byte

// A Visitor receives the members of an object.
type Visitor interface {
	// Member is called for each member in turn, with the unescaped name. Name and
	// value are valid during the call only; the text's [offset:] starts with the value.
	Member(name []byte, value Value, offset int) error
}

// VisitorFunc is a function as a Visitor.
type VisitorFunc func(name []byte, value Value, offset int) error

// Member implements Visitor.
func (f VisitorFunc) Member(name []byte, value Value, offset int) error {
	return f(name, value, offset)
}

// DecodeObject reads data, which must be exactly one JSON object, and calls visitor with
// its members. It is strict: names are compared with their case. It rejects repeated names
// at every depth, invalid UTF-8 (raw or as half a surrogate pair), text after the object,
// and nesting deeper than [MaxDepth] (RFC 7519 §7.2, RFC 8259 §4, §8.1).
//
// The whole of data is checked before the error of a Member is reported, so that an
// error about a member is one about a well-formed object. Failures to read are
// [*MalformedError] with the given part.
func DecodeObject(data []byte, part string, visitor Visitor) error {
	if tooDeep(data) {
		return &MalformedError{part, "nests deeper than " + strconv.Itoa(MaxDepth) + " levels"}
	}
	r := readers.Get().(*reader) //nolint:forcetypeassert,errcheck // New makes nothing else
	defer r.release()
	visitErr, err := r.object(data, visitor)
	if err != nil {
		return &MalformedError{part, jsonReason(err)}
	}
	return visitErr
}

// DecodeArray calls visit for each member of the JSON array v in turn, until it
// fails, and returns its error; or an error where v is of another kind. v[offset:]
// starts with the member. v must have been told by [DecodeObject], which checked it.
func DecodeArray(v Value, visit func(member Value, offset int) error) error {
	r := readers.Get().(*reader) //nolint:forcetypeassert,errcheck // New makes nothing else
	defer r.release()
	return r.array(v, visit)
}

// A reader is a strict decoder, used again and again: making one costs more than
// most texts.
type reader struct {
	dec  *jsontext.Decoder
	src  bytes.Reader
	name [64]byte // names of known claims and parameters are shorter
}

var readers = sync.Pool{New: func() any { return &reader{dec: jsontext.NewDecoder(bytes.NewReader(nil))} }}

// start has the decoder read data from the beginning, with its strict defaults: no
// repeated names, no invalid UTF-8.
func (r *reader) start(data []byte) {
	r.src.Reset(data)
	r.dec.Reset(&r.src)
}

// release gives the reader back without the data that it read.
func (r *reader) release() {
	r.src.Reset(nil)
	readers.Put(r)
}

var (
	errNotObject = errors.New("not an object")
	errNotArray  = errors.New("not an array")
	errNotString = errors.New("not a string")
	errTrailing  = errors.New("more than one value")
)

// object reads data to its end. visitErr is the first error of the visitor.
func (r *reader) object(data []byte, visitor Visitor) (visitErr, err error) {
	r.start(data)
	if kind := r.dec.PeekKind(); kind != jsontext.KindBeginObject {
		if _, err := r.dec.ReadValue(); err != nil {
			return nil, err
		}
		return nil, errNotObject
	}
	//mutate:ignore the next token was looked at and begins an object
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, err
	}
	for r.dec.PeekKind() != jsontext.KindEndObject {
		quoted, err := r.dec.ReadValue()
		if err != nil {
			return nil, err
		}
		// Reading the value invalidates quoted.
		name, err := appendUnquoted(r.name[:0], quoted)
		//mutate:ignore the decoder has checked the string
		if err != nil {
			return nil, err
		}
		value, err := r.dec.ReadValue()
		if err != nil {
			return nil, err
		}
		if visitErr == nil {
			visitErr = visitor.Member(name, Value(value), int(r.dec.InputOffset())-len(value))
		}
	}
	//mutate:ignore the next token was looked at and ends the object
	if _, err := r.dec.ReadToken(); err != nil {
		return nil, err
	}
	switch _, err := r.dec.ReadToken(); {
	case err == nil:
		return nil, errTrailing
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return visitErr, nil
}

func (r *reader) array(v Value, visit func(member Value, offset int) error) error {
	r.start(v)
	//mutate:ignore what is no array has no members, and reading one fails
	if r.dec.PeekKind() != jsontext.KindBeginArray {
		return errNotArray
	}
	//mutate:ignore the next token was looked at and begins an array
	if _, err := r.dec.ReadToken(); err != nil {
		return err
	}
	for r.dec.PeekKind() != jsontext.KindEndArray {
		member, err := r.dec.ReadValue()
		//mutate:ignore the array is part of a text that the decoder has checked
		if err != nil {
			return err
		}
		if err := visit(Value(member), int(r.dec.InputOffset())-len(member)); err != nil {
			return err
		}
	}
	return nil
}

// tooDeep reports whether data nests deeper than MaxDepth. The exact count is
// taken only of texts with so many brackets that they could.
func tooDeep(data []byte) bool {
	//mutate:ignore never, boundary: it saves the exact count
	if bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) <= MaxDepth {
		return false
	}
	depth, inString := 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '[' || c == '{':
			if depth++; depth > MaxDepth {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}

// jsonReason says what is wrong without quoting the text: the messages of the
// JSON package hold pieces of it.
func jsonReason(err error) string {
	switch {
	case errors.Is(err, errNotObject):
		return "is not a JSON object"
	case errors.Is(err, errTrailing):
		return "is more than one JSON object"
	case errors.Is(err, jsontext.ErrDuplicateName):
		return "repeats a member name"
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "is not a complete JSON object"
	}
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		return "is not strict JSON (at byte " + strconv.FormatInt(syntax.ByteOffset, 10) + ")"
	}
	return "is not strict JSON"
}

// appendUnquoted appends the text of the JSON string s to dst. Most strings have
// no escapes and are copied as they are.
func appendUnquoted(dst, s []byte) ([]byte, error) {
	//mutate:ignore boundary: a quote comes before every backslash
	if bytes.IndexByte(s, '\\') < 0 &&
		//mutate:ignore always, boundary: a JSON string has its quotes, and the other way gives the same text
		len(s) >= 2 {
		return append(dst, s[1:len(s)-1]...), nil
	}
	return jsontext.AppendUnquote(dst, s)
}

// Text returns the text of a JSON string; ok is false for every other kind.
func (v Value) Text() (s string, ok bool) {
	if len(v) == 0 || v[0] != '"' {
		return "", false
	}
	//mutate:ignore never: it saves time and gives the same text
	if bytes.IndexByte(v, '\\') == -1 {
		return string(v[1 : len(v)-1]), true
	}
	var room [128]byte // on the stack: real issuers have escaped slashes
	text, err := jsontext.AppendUnquote(room[:0], v)
	return string(text), err == nil
}

// Texts returns the members of a JSON array of strings; ok is false for every
// other kind. An empty array gives an empty, non-nil slice.
func (v Value) Texts() (list []string, ok bool) {
	list = []string{}
	err := DecodeArray(v, func(member Value, _ int) error {
		text, ok := member.Text()
		if !ok {
			return errNotString
		}
		list = append(list, text)
		return nil
	})
	if err != nil {
		return nil, false
	}
	return list, true
}

// Bool returns a JSON boolean; ok is false for every other kind.
func (v Value) Bool() (b, ok bool) {
	switch string(v) {
	case "true":
		return true, true
	case "false":
		return false, true
	}
	return false, false
}

// IsNumber reports whether v is a JSON number, of any size.
func (v Value) IsNumber() bool {
	return len(v) > 0 && (v[0] == '-' || (v[0] >= '0' && v[0] <= '9'))
}

// Number returns a JSON number as the nearest float64; ok is false for every other
// kind and for numbers that float64 cannot hold.
func (v Value) Number() (f float64, ok bool) {
	// What else ParseFloat accepts, such as "inf" and "0x1p-2", is not JSON.
	f, err := strconv.ParseFloat(string(v), 64)
	return f, err == nil
}
