package jose

import (
	"errors"
	"testing"
)

// TestReasonNamesThePart: an error names the part that is wrong, and why.
func TestReasonNamesThePart(t *testing.T) {
	h, p, s := encode(goodHeader), encode(`{"sub":"x"}`), encode("signature!")
	const notBase64 = "is not canonical, unpadded base64url"
	for raw, want := range map[string]MalformedError{
		"=" + "." + p + "." + s:                     {"header", notBase64},
		h + ".=." + s:                               {"payload", notBase64},
		h + "." + p + ".=":                          {"signature", notBase64},
		encode(`[]`) + "." + p + "." + s:            {"header", "is not a JSON object"},
		encode(`{}{}`) + "." + p + "." + s:          {"header", "is more than one JSON object"},
		encode(`{"a":1,"a":2}`) + "." + p + "." + s: {"header", "repeats a member name"},
		encode(`{"a":`) + "." + p + "." + s:         {"header", "is not a complete JSON object"},
	} {
		_, err := ParseCompact(raw)
		got, ok := errors.AsType[*MalformedError](err)
		if !ok || *got != want {
			t.Errorf("%s: got %v, want %+v", raw, err, want)
		}
	}
}

// TestValueOfNothingHasNoKind: the zero Value is no text, number, boolean or array.
func TestValueOfNothingHasNoKind(t *testing.T) {
	var none Value
	if _, ok := none.Text(); ok || none.IsNumber() {
		t.Error("nothing is a text or a number")
	}
	if _, ok := none.Bool(); ok {
		t.Error("nothing is a boolean")
	}
	if _, ok := none.Texts(); ok {
		t.Error("nothing is an array")
	}
}
