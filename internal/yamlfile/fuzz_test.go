package yamlfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// slack is how far the reader may go beyond its limit: it ends a list or a mapping that it
// is in.
const slack = 10_000

// Reading any file ends soon and without a panic, and every fault is in the file.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "faults", "*.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		document, steps, err := yamlfile.ParseCounting(schema(), "f", text, lookup())
		if steps > yamlfile.MaxSteps+slack {
			t.Errorf("the reader visited %d values in %d bytes", steps, len(text))
		}
		var found *yamlfile.Error
		switch {
		case err == nil && document != nil:
			return
		case !errors.As(err, &found) || document != nil || len(found.Faults) == 0:
			t.Fatalf("got %v, %v", document, err)
		}
		// A carriage return alone ends a line, too (YAML 1.2.2, section 5.4).
		lines := strings.Count(string(text), "\n") + strings.Count(string(text), "\r") + 2
		for _, fault := range found.Faults {
			if fault.Line < 1 || fault.Line > lines || fault.Column < 1 || fault.Message == "" || !utf8.ValidString(fault.Excerpt) {
				t.Errorf("got %+v in %d lines", fault, lines)
			}
			if strings.Contains(fault.Path+fault.Excerpt, hidden) && !strings.Contains(string(text), hidden) {
				t.Errorf("the environment's secret is in %+v", fault)
			}
		}
	})
}

// Attack: a file that is made to keep the parser or the reader busy.
func TestHostileFileTakesFewSteps(t *testing.T) {
	t.Parallel()
	const n = 5000       // well over the limits of keys and of nesting
	const words = 25_000 // lines or elements of eight words and more: over the limit of the words of a file
	// guard is why the text does not come to the parser. Its time grows with the square of
	// what the guard counts. "" means that parser and reader take few steps for it.
	for name, test := range map[string]struct{ text, guard string }{
		"keys":        {strings.Repeat("a: 1\n", n), "a mapping has more than 1000 keys"},
		"comments":    {strings.Repeat("a: b #c\n", n), "a mapping has more than 1000 keys"},
		"documents":   {strings.Repeat("---\na: b\n", n), "a second document begins here; a file has one"},
		"headers":     {strings.Repeat("---\n", n), "a second document begins here; a file has one"},
		"list":        {strings.Repeat("- a: b\n  c: d\n", words+n), "the file has more than 200000 words"},
		"brackets":    {strings.Repeat("[", n), "brackets and braces are nested more than 32 levels deep"},
		"dashes":      {strings.Repeat("- ", n), "the nesting on this line is too deep"},
		"questions":   {strings.Repeat("? ", n), "the nesting on this line is too deep"},
		"colons":      {strings.Repeat(": ", n), "the nesting on this line is too deep"},
		"flow":        {"[" + strings.Repeat("1,", n) + "]", ""},
		"flow map":    {"{" + strings.Repeat("a: 1,", 2*words) + "}", "the file has more than 200000 words"},
		"flow colons": {"[" + strings.Repeat("a: ", n) + "]", "the nesting on this line is too deep"},
		"anchors":     {"[" + strings.Repeat("&a ", n) + "]", "the nesting on this line is too deep"},
		"tags":        {"[" + strings.Repeat("!a ", n) + "]", "the nesting on this line is too deep"},
		"tag lines":   {strings.Repeat("!a\n", n), ""},
		"anchor line": {strings.Repeat("&a\n", n), ""},
		"stairs":      {stairs(500), "this line is indented by more than 200 columns"},
		"commas":      {"[" + strings.Repeat(",", n) + "]", ""},
		"merges":      {"a: &a {b: c}\nroutes:\n- " + strings.Repeat("<<: *a\n  ", 900), ""},
		"objects":     {"routes:\n" + strings.Repeat("- {path: a, key: b}\n", words), "the file has more than 200000 words"},
		"texts":       {"routes:\n- {path: a, methods: [" + strings.Repeat("a,", n) + "]}", ""},
		"names":       {"backends: {" + strings.Repeat("a: {url: b},", n) + "}", ""},
		"aliases":     {bomb(6), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := yamlfile.Guard(test.text)
			if got != test.guard {
				t.Fatalf("the guard says %q, want %q", got, test.guard) // the parser could take minutes
			}
			_, steps, err := yamlfile.ParseCounting(schema(), "f", []byte(test.text), yamlfile.Lookup{})
			if err == nil || got != "" && !strings.Contains(err.Error(), got) {
				t.Errorf("got %.200v", err)
			}
			if steps > yamlfile.MaxSteps+slack || got != "" && steps > 0 {
				t.Errorf("the reader visited %d values", steps)
			}
		})
	}
}

// bomb is a file with ten times as many values for each level.
func bomb(levels int) string {
	text := "extra:\n  a0: &a0 1\n"
	for n := range levels {
		text += fmt.Sprintf("  a%d: &a%d [%s]\n", n+1, n+1, strings.Repeat(fmt.Sprintf("*a%d,", n), 10))
	}
	return text
}

func stairs(steps int) string {
	var b strings.Builder
	for n := range steps {
		b.WriteString(strings.Repeat(" ", n) + "a:\n")
	}
	return b.String()
}
