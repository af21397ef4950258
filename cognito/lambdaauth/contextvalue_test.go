package lambdaauth_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestContextNeedsNoEscapesInJSON: no value has a character for which a kept answer of an HTTP API could
// become invalid JSON, whatever users, administrators and triggers write into a token.
func TestContextNeedsNoEscapesInJSON(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{
		Caching: lambdaauth.NotCached,
		Claims:  map[string]string{"note": "note", "object": "object", "numbers": "numbers", "names": "names", "mixed": "mixed", "nested": "nested", "empty": "empty"},
	})
	hostile := []string{"a, b", "c", `quo"te`, `back\slash`, "line\nbreak", "100%", `{"a":1}`, "[x]", "\u2028", "né"}
	token := w.access(
		cognitotest.Groups(hostile...), cognitotest.Claim("username", `x","sub":"admin`), cognitotest.Claim("note", "\x00\x7f\\\""),
		cognitotest.Claim("object", map[string]any{"a": `"b"`}), cognitotest.Claim("numbers", []int{1, 2}), cognitotest.Claim("names", hostile),
		cognitotest.Claim("mixed", []any{"a", 1}), cognitotest.Claim("nested", [][]string{{"a"}}), cognitotest.Claim("empty", []string{"", "a"}),
	)
	answer, err := w.HTTPSimple(t.Context(), event[lambdaauth.HTTPEvent](t, "http-v2", token))
	if err != nil || !answer.IsAuthorized {
		t.Fatalf("%+v, %v", answer, err)
	}
	value := func(name string) string { s, _ := answer.Context[name].(string); return s }
	for name := range answer.Context {
		if strings.ContainsAny(value(name), "\"\\{}[]\u2028\n\x00") {
			t.Errorf("%s has the value %q", name, value(name))
		}
	}
	for _, name := range []string{"groups", "names"} {
		if got, err := lambdaauth.ParseContextList(value(name)); err != nil || !slices.Equal(got, hostile) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, hostile)
		}
	}
	for name, want := range map[string]string{
		"username": `x","sub":"admin`, "note": "\x00\x7f\\\"", "object": `{"a":"\"b\""}`, "numbers": `[1,2]`, "mixed": `["a",1]`, "nested": `[["a"]]`, "empty": `["","a"]`,
		"sub": cognitotest.Subject, "client_id": cognitotest.ClientID,
	} {
		if got, err := lambdaauth.ParseContextText(value(name)); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
	// What most groups are stays readable.
	answer, err = w.HTTPSimple(t.Context(), event[lambdaauth.HTTPEvent](t, "http-v2", w.access(cognitotest.Groups("admins", "staff"))))
	if err != nil || answer.Context["groups"] != "admins,staff" {
		t.Errorf("%v, %v", answer.Context, err)
	}
}

// TestBooleansStayBooleans: true and false, and no text of a user.
func TestBooleansStayBooleans(t *testing.T) {
	for _, value := range []any{true, false, "true", "false"} {
		w := newWorld(t, lambdaauth.Config{Claims: map[string]string{"beta": "beta"}})
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Claim("beta", value)), shortStage+"GET/"))
		if err != nil || answer.Context["beta"] != value {
			t.Errorf("%#v: got %#v, %v", value, answer.Context["beta"], err)
		}
	}
}

// TestUsersCannotAddElementsToAList: no text of a user is more than one element, neither a string nor a
// text within JSON.
func TestUsersCannotAddElementsToAList(t *testing.T) {
	const hostile = "x,admins,y"
	for name, claim := range map[string]any{
		"a string": hostile, "an array": []string{hostile}, "an empty element": []string{hostile, ""}, "only empty elements": []string{"", ""},
		"a null": []any{hostile, nil}, "a number": []any{hostile, 1}, "a nested array": [][]string{{hostile}},
		"an object": map[string]any{"a": hostile, "b": 1}, "a name": map[string]any{hostile: 1},
		"a large number": json.Number("1e999"), "numbers": []int{1, 2, 3},
	} {
		w := newWorld(t, lambdaauth.Config{Claims: map[string]string{"list": "list"}})
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Claim("list", claim), cognitotest.Claim("username", hostile)), shortStage+"GET/"))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for value := range answer.Context {
			text, _ := answer.Context[value].(string)
			if list, err := lambdaauth.ParseContextList(text); err != nil || len(list) > 1 || slices.Contains(list, "admins") {
				t.Errorf("%s: %s is the list %q, %v", name, value, list, err)
			}
		}
		text, _ := answer.Context["list"].(string)
		got, err := lambdaauth.ParseContextText(text)
		want, _ := json.Marshal(claim)
		if name == "a string" || name == "an array" {
			want = []byte(hostile)
		}
		if err != nil || got != string(want) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, want)
		}
	}
}

func TestMalformedContextValuesAreErrors(t *testing.T) {
	for _, value := range []string{"%", "a%2", "%zz", "a,%"} {
		if list, err := lambdaauth.ParseContextList(value); err == nil || !strings.Contains(err.Error(), "percent-encoded") {
			t.Errorf("%q: %q, %v", value, list, err)
		}
		if text, err := lambdaauth.ParseContextText(value); err == nil {
			t.Errorf("%q: %q", value, text)
		}
	}
	for _, value := range []string{",", "a,", ",a", "a,,b"} {
		if list, err := lambdaauth.ParseContextList(value); err == nil {
			t.Errorf("%q: %q", value, list)
		}
	}
	if list, err := lambdaauth.ParseContextList(""); err != nil || len(list) != 0 {
		t.Errorf("%q, %v", list, err)
	}
}

// FuzzContextList: a list of groups is the same after its way through the context.
func FuzzContextList(f *testing.F) {
	for _, seed := range []string{"admins", "a, b\x00c", `"`, "%2C", "\xff", ",", "\u2028\x00{}"} {
		f.Add(seed)
	}
	w := newWorld(f, lambdaauth.Config{Caching: lambdaauth.NotCached})
	f.Fuzz(func(t *testing.T, text string) {
		if list, err := lambdaauth.ParseContextList(text); err == nil && slices.Contains(list, "") {
			t.Errorf("%q: %q", text, list)
		}
		want := slices.DeleteFunc(strings.Split(text, "\x00"), func(s string) bool { return s == "" })
		if !utf8.ValidString(text) || len(text) > 1000 {
			return // no token has it
		}
		answer, err := w.RESTToken(t.Context(), tokenEvent(w.access(cognitotest.Groups(want...)), shortStage+"GET/"))
		if err != nil {
			t.Fatal(err)
		}
		value, _ := answer.Context["groups"].(string)
		if got, err := lambdaauth.ParseContextList(value); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: got %q, %v, want %q", value, got, err, want)
		}
		var b bytes.Buffer
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false) // as the runtime does
		if err := encoder.Encode(value); err != nil || b.String() != `"`+value+"\"\n" {
			t.Errorf("%q needs escapes in JSON: %s", value, b.String())
		}
	})
}

// A function behind the authorizer reads groups and names in the context.
func TestContextOfARESTAPIIsReadAsStrings(t *testing.T) {
	// API Gateway converts all values to strings there.
	authorizer := map[string]any{"groups": "a%2C b,c", "username": "a%22b", "expires_at": "1772370000"}
	groups, err := lambdaauth.ParseContextList(authorizer["groups"].(string))
	if err != nil || !slices.Equal(groups, []string{"a, b", "c"}) {
		t.Errorf("%q, %v", groups, err)
	}
}
