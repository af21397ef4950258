package yamlfile_test

import (
	"errors"
	"testing"

	"github.com/poolguard/poolguard/internal/yamlfile"
)

// A fault shows its line with a caret under the value, unless a secret is in the line,
// or may be: under a name that is nearly right, or beside it.
func TestExcerptShowsTheLineUnlessItMayHoldASecret(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"plain":         {"level: aws # none\n", "level: aws # none|       ^"},
		"wide":          {"routes: [{path: \"/é\", methods: no}]\n", "routes: [{path: \"/é\", methods: no}]|                               ^"},
		"tab":           {"level:\t\taws\n", "level:\t\taws|      \t\t^"},
		"windows":       {"level: aws\r\n", "level: aws|       ^"},
		"secret":        {"routes: [{path: \"a\", key: x}]\n", "|^"},
		"secret before": {"routes: [{key: x, path: \"a\"}]\n", "|^"},
		"near miss":     {"routes: [{kee: x, path: \"a\"}]\n", "|^"},
		"two lines":     {"routes: [{key: one\n   two, path: \"a\"}]\n", "|^"},
		"next line":     {"routes: [{key:\n   two, path: \"a\"}]\n", "|^"},
		"other name":    {"level: aws # token: x\n", "|^"},
		"long":          {"level: aws                                                                                                                                                              # x\n", "|^"},
		"a source":      {"backends: {a: {url: 5, password: {env: A}}}\n", "|^"},
		"tag":           {"routes:\n- path: /a\n  key:\n    !!str hunter2\n", "|^"},
		"alias":         {"routes:\n- path: /a\n  key:\n    *hunter2\n", "|^"},
		"source tag":    {"backends:\n  a:\n    url: x\n    password:\n      !!str hunter2\n", "|^"},
		"source alias":  {"backends:\n  a:\n    url: x\n    password:\n      *hunter2\n", "|^"},
		"bad name":      {"backends: {A: {url: x}}\n", "|^"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := schema().Parse("f", []byte(test.text), yamlfile.Lookup{})
			var found *yamlfile.Error
			if !errors.As(err, &found) {
				t.Fatalf("got %v", err)
			}
			if got := found.Faults[0].Excerpt + "|" + found.Faults[0].Caret(); got != test.want && (test.want != "|^" || found.Faults[0].Excerpt != "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A file without aliases reports an anchor where the secret is.
func TestExcerptHidesASecretWithAnAnchorWhereAnchorsAreNotSupported(t *testing.T) {
	t.Parallel()
	s := schema()
	s.NoAliases = true
	_, err := s.Parse("f", []byte("backends:\n  a:\n    url: x\n    password:\n      &x hunter2\n"), yamlfile.Lookup{})
	var found *yamlfile.Error
	if !errors.As(err, &found) {
		t.Fatalf("got %v", err)
	}
	for _, f := range found.Faults {
		if f.Excerpt != "" {
			t.Errorf("%s: got the excerpt %q", f, f.Excerpt)
		}
	}
}
