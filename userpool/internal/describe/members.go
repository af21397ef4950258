package describe

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"time"

	strict "github.com/go-json-experiment/json"
)

// Time is a time as AWS writes it: the API in seconds since 1970 with a fraction,
// the CLI in ISO 8601 (or in the API's form, as it is configured).
type Time struct{ time.Time }

// timeOf is nil for the zero time, which stands for none.
func timeOf(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	return &Time{t}
}

// timeError is about a text that is no time.
type timeError string

func (e timeError) Error() string { return string(e) }

// MarshalJSON writes the API's form.
func (t Time) MarshalJSON() ([]byte, error) {
	return json.Marshal(float64(t.UnixMilli()) / 1000)
}

// UnmarshalJSON reads either form.
func (t *Time) UnmarshalJSON(b []byte) error {
	var seconds float64
	if json.Unmarshal(b, &seconds) == nil {
		const year9999 = 253402300799
		if seconds < 0 || seconds > year9999 {
			return timeError(shorten(string(b)) + " is not a time in seconds since 1970")
		}
		t.Time = time.UnixMilli(int64(seconds * 1000)).UTC()
		return nil
	}
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return err
	}
	parsed, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return timeError(strconv.Quote(shorten(text)) + " is not a time such as 2024-05-01T10:00:00.123000+00:00")
	}
	t.Time = parsed.UTC()
	return nil
}

// named returns the JSON names of a struct's fields.
func named[T any]() map[string]bool {
	names := map[string]bool{}
	for field := range reflect.TypeFor[T]().Fields() {
		names[nameOf(field)] = true
	}
	return names
}

// others returns the members of a JSON object that are not among known and not
// null.
func others(object []byte, known map[string]bool) (map[string]json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := strict.Unmarshal(object, &all); err != nil {
		return nil, err
	}
	maps.DeleteFunc(all, func(name string, value json.RawMessage) bool {
		return known[name] || string(value) == "null"
	})
	if len(all) == 0 {
		return nil, nil
	}
	return all, nil
}

// join writes a struct as an object that has others' members too; the struct's win.
func join(of any, others map[string]json.RawMessage) ([]byte, error) {
	b, err := json.Marshal(of)
	if err != nil || len(others) == 0 {
		return b, err
	}
	all := maps.Clone(others)
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, err
	}
	return json.Marshal(all)
}

// set puts a value among settings as JSON.
func set(settings map[string]json.RawMessage, name string, value any) {
	b, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Errorf("describe: %s does not encode: %w", name, err)) // strings, numbers and structs of them do
	}
	settings[name] = b
}

// get reads what set wrote; ok is false if there is none, or it is of another type.
func get[T any](settings map[string]json.RawMessage, name string) (value T, ok bool) {
	raw, ok := settings[name]
	if !ok || json.Unmarshal(raw, &value) != nil {
		return value, false
	}
	return value, true
}

// sameJSON reports whether two JSON texts differ in white space at most.
func sameJSON(a, b []byte) bool {
	var x, y bytes.Buffer
	return json.Compact(&x, a) == nil && json.Compact(&y, b) == nil && bytes.Equal(x.Bytes(), y.Bytes())
}
