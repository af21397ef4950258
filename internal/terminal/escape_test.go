package terminal

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestControlCharactersAreEscaped(t *testing.T) {
	for _, test := range []struct{ text, unicode, ascii string }{
		{"", "", ""},
		{"plain text", "plain text", "plain text"},
		{`adfs\bob`, `adfs\bob`, `adfs\bob`},
		{"Jürgen 日本", "Jürgen 日本", `J\u{fc}rgen \u{65e5}\u{672c}`},
		{"\x1b[31m", `\x1b[31m`, `\x1b[31m`},
		{"a\nb\tc\x00\x7f", `a\x0ab\x09c\x00\x7f`, `a\x0ab\x09c\x00\x7f`},
		{"\u009b2J", `\u{9b}2J`, `\u{9b}2J`},
		{"a\u202eb\u200b\u2028\u00a0", `a\u{202e}b\u{200b}\u{2028}\u{a0}`, `a\u{202e}b\u{200b}\u{2028}\u{a0}`},
		{"bad \xff\xfe", `bad \xff\xfe`, `bad \xff\xfe`},
		{"\ufffd", "\ufffd", `\u{fffd}`},
	} {
		if got := Escape(test.text, false); got != test.unicode {
			t.Errorf("%q: got %q, want %q", test.text, got, test.unicode)
		}
		if got := Escape(test.text, true); got != test.ascii {
			t.Errorf("%q in ASCII: got %q, want %q", test.text, got, test.ascii)
		}
	}
}

func FuzzEscape(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b]0;title\x07", "\u009b\u202e\u2066", "\xff\xc2", "日本 \U000e0041", "{\n  \"a\": \"\u0085\"\n}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, ascii := range []bool{false, true} {
			for _, out := range []string{Escape(text, ascii), EscapeJSON([]byte(text), ascii)} {
				assertSafe(t, out, ascii)
			}
		}
		// Of a JSON text the value stays what it is.
		var before, after any
		var line bytes.Buffer
		if json.Unmarshal([]byte(text), &before) != nil || !utf8.ValidString(text) || json.Compact(&line, []byte(text)) != nil {
			return
		}
		out := EscapeJSON(line.Bytes(), false)
		if err := json.Unmarshal([]byte(out), &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%q became %q: %v", text, out, err)
		}
	})
}

// assertSafe wants nothing that a terminal obeys or does not show. Newlines are
// EscapeJSON's own.
func assertSafe(t *testing.T, out string, ascii bool) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%q is not UTF-8", out)
	}
	for _, r := range out {
		if r != '\n' && (unicode.IsControl(r) || !unicode.IsPrint(r) || slices.Contains(blanks, r)) || ascii && r >= utf8.RuneSelf {
			t.Errorf("%q has %U", out, r)
		}
	}
}

// blanks count as printable, and a terminal shows nothing for them.
var blanks = []rune{
	0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180f, 0x2800, 0x3164, 0xfe00, 0xfe0f, 0xffa0,
}

// Attack: characters that show nothing make a name look like the name of another user.
func TestCharactersWithoutAShapeAreEscaped(t *testing.T) {
	for _, blank := range append([]rune{0xe0100, 0xe01ef, 0x1d159}, blanks...) {
		if got, want := Escape("admin"+string(blank), false), fmt.Sprintf(`admin\u{%x}`, blank); got != want {
			t.Errorf("%U: got %q, want %q", blank, got, want)
		}
		text, err := json.Marshal("admin" + string(blank))
		if err != nil {
			t.Fatal(err)
		}
		if got := EscapeJSON(text, false); bytes.ContainsRune([]byte(got), blank) {
			t.Errorf("%U in JSON: got %q", blank, got)
		}
	}
	for _, shown := range []string{"é", "日本", "e\u0301", "한국", "ქართული", "😀"} {
		if got := Escape(shown, false); got != shown {
			t.Errorf("%q became %q", shown, got)
		}
	}
}

// Attack: marks that turn the direction of writing, or that do not show, make a value look
// like another one.
func TestInvisibleMarksAreEscapedInJSON(t *testing.T) {
	marks := []rune{0x7f, 0x85, 0x9b, 0xa0, 0xad, 0x061c, 0x180e, 0x2028, 0x2029, 0x2060, 0x3000, 0xfeff, 0xfff9}
	for first, last := range map[rune]rune{0x80: 0x9f, 0x2000: 0x200f, 0x202a: 0x202f, 0x2066: 0x2069} {
		for r := first; r <= last; r++ {
			marks = append(marks, r)
		}
	}
	marks = append(marks, blanks...)
	for _, mark := range marks {
		want := fmt.Sprintf(`{"a":"x\u%04xy"}`, mark) + "\n"
		if got := EscapeJSON([]byte("{\"a\":\"x"+string(mark)+"y\"}\n"), false); got != want {
			t.Errorf("%U: got %q, want %q", mark, got, want)
		}
	}
}

func TestEscapedJSONHasTheSameValue(t *testing.T) {
	const text = "{\n  \"a\": \"é\u009b\u202e😀\U000e0041\"\n}"
	for ascii, want := range map[bool]string{
		false: "{\n  \"a\": \"é\\u009b\\u202e😀\\udb40\\udc41\"\n}",
		true:  "{\n  \"a\": \"\\u00e9\\u009b\\u202e\\ud83d\\ude00\\udb40\\udc41\"\n}",
	} {
		got := EscapeJSON([]byte(text), ascii)
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		var before, after any
		if err := json.Unmarshal([]byte(text), &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(got), &after); err != nil || !reflect.DeepEqual(before, after) {
			t.Errorf("%q is not the same value: %v", got, err)
		}
	}
}
