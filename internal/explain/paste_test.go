package explain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

func TestMistakesOfCopyingAreNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token.txt")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	const token = "eyJh.eyJi.c2ln"
	for text, want := range map[string]string{
		"":                               "The argument is empty",
		" \t":                            "white space only",
		"Bearer":                         `Remove "Bearer"`,
		"Bearer ":                        `nothing after "Bearer"`,
		"bearer " + token:                `Remove "Bearer "`,
		"authorization: Bearer " + token: `Remove "Authorization: Bearer "`,
		`"` + token + `"`:                "Remove the quotes",
		"\u201c" + token + "\u201d":      "Remove the quotes",
		token + "\n":                     "Remove the white space",
		"eyJh.eyJi":                      "The signature is missing",
		`{"access_token":"a.b.c"}`:       "pass its access_token",
		file:                             "This is the name of a file. Read it so.",
		token:                            "",
	} {
		got := Paste(cognito.ErrTokenMalformed, Given{Text: text, Argument: true, FromFile: "Read it so."})
		if want == "" && got != "" || !strings.Contains(got, want) {
			t.Errorf("%q: got %q, want %q in it", text, got, want)
		}
		if strings.Contains(got, "eyJ") {
			t.Errorf("%q: the advice repeats it", text)
		}
	}
	if got := Paste(cognito.ErrTokenMalformed, Given{Text: file}); strings.Contains(got, "file") {
		t.Errorf("a line of standard input is taken for the name of a file: %q", got)
	}
	if got := Paste(cognito.ErrTokenExpired, Given{}); got != "" {
		t.Errorf("another failure: got %q", got)
	}
}

func TestBearerBeforeATokenIsNamed(t *testing.T) {
	if got := WithoutBearer([]string{"bearer", "x"}, "one token"); got != "one token. "+noPart {
		t.Errorf("got %q", got)
	}
	if got := WithoutBearer([]string{"x", "y"}, "one token"); got != "one token" {
		t.Errorf("got %q", got)
	}
}

func FuzzPaste(f *testing.F) {
	for _, seed := range []string{"", "Bearer", "\"", "{", "\u201c", "a.b", "//host/share", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := Paste(cognito.ErrTokenMalformed, Given{Text: text})
		if len(text) > 60 && strings.Contains(got, text) {
			t.Errorf("the advice repeats %q", text)
		}
	})
}
