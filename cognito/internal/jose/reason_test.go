package jose

import (
	"errors"
	"strings"
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
		encode(`[1`) + "." + p + "." + s:            {"header", "is not a complete JSON object"},
		"." + p + "." + s:                           {"header", "is not a complete JSON object"},
		encode(`<html>`) + "." + p + "." + s:        {"header", "is not strict JSON (at byte 0)"},
		encode(`{"a":1,b}`) + "." + p + "." + s:     {"header", "is not strict JSON (at byte 7)"},
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

// TestValueHasOneKind: each Value is read as its own kind and as no other.
func TestValueHasOneKind(t *testing.T) {
	for text, want := range map[string]string{
		`"1"`: "text", `"true"`: "text", `""`: "text",
		"1": "number", "-1": "number", "0": "number", "9.5e1": "number",
		"true": "boolean", "false": "boolean",
		`["a"]`: "texts", "[]": "texts",
		"[1]": "", "null": "", "{}": "", `{"a":1}`: "",
	} {
		var got []string
		note := func(kind string, ok bool) {
			if ok {
				got = append(got, kind)
			}
		}
		v := Value(text)
		_, ok := v.Text()
		note("text", ok)
		_, ok = v.Number()
		note("number", ok)
		if v.IsNumber() != ok {
			t.Errorf("%s: IsNumber is %t, Number is %t", text, v.IsNumber(), ok)
		}
		_, ok = v.Bool()
		note("boolean", ok)
		_, ok = v.Texts()
		note("texts", ok)
		if strings.Join(got, " ") != want {
			t.Errorf("%s is read as %q, want %q", text, got, want)
		}
	}
	if _, ok := Value("1e999").Number(); ok || !Value("1e999").IsNumber() {
		t.Error("1e999 is a number that float64 cannot hold")
	}
}
