package cognito_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

type field[T any] struct {
	V T `json:"v"`
}

type taggedField[T any] struct {
	V T `json:"v,string"` //nolint:staticcheck // tests give it numbers and booleans too
}

type (
	namedInt  int
	byteType  byte
	textTaker struct{ text string }

	// These are of kinds that have rules of their own, and decode themselves.
	textInt   int
	jsonMap   map[float64]int
	streamMap map[float64]int
)

func (i *textInt) UnmarshalText(text []byte) error {
	*i = textInt(len(text))
	return nil
}

func (m *jsonMap) UnmarshalJSON(text []byte) error {
	*m = jsonMap{0: len(text)}
	return nil
}

func (m *streamMap) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	text, err := dec.ReadValue()
	*m = streamMap{0: len(text)}
	return err
}

func (t *textTaker) UnmarshalText(text []byte) error {
	t.text = string(text)
	return nil
}

// claimTypes are structs with a field for the claim v.
var claimTypes = []any{
	field[bool]{}, field[int]{}, field[int8]{}, field[uint]{}, field[uintptr]{}, field[float32]{}, field[float64]{}, field[string]{}, field[any]{},
	field[json.Number]{}, field[*json.Number]{}, field[[]json.Number]{}, field[map[string]json.Number]{}, field[map[json.Number]int]{}, field[json.RawMessage]{},
	field[[]byte]{}, field[[3]byte]{}, field[[]byteType]{}, field[[3]byteType]{}, field[[3]int]{}, field[[]string]{},
	field[map[int]any]{}, field[map[uint8]any]{}, field[map[float64]any]{}, field[map[bool]any]{}, field[map[any]any]{}, field[map[textTaker]int]{},
	field[time.Time]{}, field[time.Duration]{}, field[textTaker]{}, field[complex128]{}, field[chan int]{},
	taggedField[bool]{}, taggedField[*bool]{}, taggedField[int]{}, taggedField[int8]{}, taggedField[namedInt]{}, taggedField[**int]{}, taggedField[uint]{}, taggedField[uint8]{}, taggedField[uintptr]{},
	taggedField[float32]{}, taggedField[float64]{}, taggedField[*float64]{}, taggedField[string]{}, taggedField[json.Number]{}, taggedField[*json.Number]{},
	taggedField[time.Duration]{}, taggedField[textTaker]{}, taggedField[any]{}, taggedField[[]int]{}, taggedField[[]json.Number]{}, taggedField[map[string]int]{},
}

// claimTexts are values of the claim v.
var claimTexts = []string{
	`null`, `true`, `1`, `1.0`, `1e2`, `1e999`, `300`, `-1`, `"x"`, `""`, `[]`, `[1,2]`, `[1,2,3]`, `["1"]`, `["1 "]`, `["a",null]`, `{}`, `{"1":1}`,
	`"null"`, `"true"`, `"TRUE"`, `" true"`, `"true "`,
	`"NaN"`, `"nan"`, `"Infinity"`, `"-Infinity"`, `"+Infinity"`, `"inf"`, `"-inf"`, `"+1"`, `"+1.5"`, `"1"`, `"1 "`, `" 1"`, `"\n1"`, `"1\n"`, `"1\u0000"`, `"\u0031"`,
	`"01"`, `"0x10"`, `"0x1p2"`, `"1_0"`, `".5"`, `"1."`, `"1.0"`, `"-0"`, `"-1"`, `"-"`, `"--1"`, `"1e2"`, `"1e999"`, `"300"`, `"١"`,
	`"\"5\""`, `"\"x\""`, `"AQID"`, `"AQI="`, `"1h"`, `"2020-01-01T00:00:00Z"`, `"2020-01-01T00:00:00,5Z"`,
	`{"NaN":1}`, `{"+1":1}`, `{"01":1}`, `{"1.5":2}`, `{"true":1}`, `{"a":"1 "}`, `{"":1}`,
}

// TestClaimsNeverAcceptWhatEncodingJSONRefuses: what Claims does accept is the same value there.
func TestClaimsNeverAcceptWhatEncodingJSONRefuses(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for _, text := range claimTexts {
		token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("v", json.RawMessage(text))))
		if err != nil {
			t.Fatal(err)
		}
		compareClaims(t, token, text)
	}
}

// TestClaimsReadWhatEncodingJSONReads: the option string takes the spellings of Go there, too.
func TestClaimsReadWhatEncodingJSONReads(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for _, test := range []struct {
		text string
		into any
	}{
		{`"01"`, new(taggedField[int])},
		{`"-5"`, new(taggedField[int8])},
		{`"null"`, new(taggedField[uint])},
		{`"255"`, new(taggedField[uint8])},
		{`"01"`, new(taggedField[uint])},
		{`null`, new(field[map[float64]any])},
		{`{"x":1}`, new(field[jsonMap])},
		{`"0x1p2"`, new(taggedField[float64])},
		{`"1.5"`, new(taggedField[*float32])},
		{`"x"`, new(taggedField[textTaker])},
		{`"1.0"`, new(taggedField[json.Number])},
		{`"-1e2"`, new(field[json.Number])},
		{`[1,2,3]`, new(field[[3]byte])},
		{`{"+1":1}`, new(field[map[int]any])},
		{`{"a":1}`, new(field[map[textTaker]int])},
	} {
		token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("v", json.RawMessage(test.text))))
		if err != nil {
			t.Fatal(err)
		}
		want := reflect.New(reflect.TypeOf(test.into).Elem()).Interface()
		if err := json.Unmarshal(token.RawClaims(), want); err != nil {
			t.Fatal(err)
		}
		if err := token.Claims(test.into); err != nil || !reflect.DeepEqual(test.into, want) {
			t.Errorf("%s into %T: got %+v, %v; want %+v", test.text, test.into, test.into, err, want)
		}
	}
}

// TestClaimsOfTheirOwnRules: types decode themselves first, and null is the zero value.
func TestClaimsOfTheirOwnRules(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	for _, test := range []struct {
		text       string
		into, want any
	}{
		{`{"x":1}`, new(field[jsonMap]), &field[jsonMap]{jsonMap{0: 7}}},
		{`{"x":1}`, new(field[streamMap]), &field[streamMap]{streamMap{0: 7}}},
		{`"five"`, new(taggedField[textInt]), &taggedField[textInt]{4}},
		{`"null"`, &taggedField[int]{7}, new(taggedField[int])}, // as null without the option
		{`null`, &field[int]{7}, new(field[int])},
	} {
		token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("v", json.RawMessage(test.text))))
		if err != nil {
			t.Fatal(err)
		}
		if err := token.Claims(test.into); err != nil || !reflect.DeepEqual(test.into, test.want) {
			t.Errorf("%s into %T: got %+v, %v; want %+v", test.text, test.into, test.into, err, test.want)
		}
	}
}

// FuzzClaims compares with encoding/json.
func FuzzClaims(f *testing.F) {
	for _, text := range claimTexts {
		f.Add(text)
	}
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(f, issuer, nil)
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return
		}
		token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("v", json.RawMessage(text))))
		if err != nil {
			return
		}
		compareClaims(t, token, text)
	})
}

func compareClaims(t *testing.T, token *cognito.AccessToken, text string) {
	t.Helper()
	for _, zero := range claimTypes {
		got, want := reflect.New(reflect.TypeOf(zero)).Interface(), reflect.New(reflect.TypeOf(zero)).Interface()
		gotErr, wantErr := token.Claims(got), json.Unmarshal(token.RawClaims(), want)
		switch {
		case gotErr != nil: // Claims may be stricter
		case wantErr != nil:
			t.Errorf("%s into %T: got %+v, and encoding/json has the error %v", text, zero, got, wantErr)
		case !reflect.DeepEqual(got, want):
			t.Errorf("%s into %T: got %+v, and encoding/json has %+v", text, zero, got, want)
		}
	}
}
