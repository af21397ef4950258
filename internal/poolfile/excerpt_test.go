package poolfile_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/poolguard/poolguard/internal/poolfile"
)

// A line is shown with a caret under the value, unless a secret is in it, or might
// be: under a name that is nearly right, or beside it.
func TestExcerpts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ text, want string }{
		"plain":          {"issuer: aws # none\n", "issuer: aws # none|        ^"},
		"wide":           {"user_pools: [{id: \"é\", mfa: no}]\n", "user_pools: [{id: \"é\", mfa: no}]|                  ^"},
		"tab":            {"issuer:\t\taws\n", "issuer:\t\taws|       \t\t^"},
		"windows":        {"issuer: aws\r\n", "issuer: aws|        ^"},
		"secret":         {"user_pools: [{id: us-east-1_A, clients: [{id: \"a b\", secret: x}]}]\n", "|^"},
		"secret before":  {"user_pools: [{id: us-east-1_A, clients: [{secret: x, id: \"a b\"}]}]\n", "|^"},
		"near miss":      {"user_pools: [{id: us-east-1_A, clients: [{secrt: x, id: \"a b\"}]}]\n", "|^"},
		"two lines":      {"user_pools: [{id: us-east-1_A, users: [{password: one\n   two, username: \"a b\"}]}]\n", "|^"},
		"other password": {"user_pools: [{id: us-east-1_A, password_policy: {minimum_length: 1}}]\n", "user_pools: [{id: us-east-1_A, password_policy: {minimum_length: 1}}]|                                                                 ^"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := poolfile.Parse("f", []byte(test.text), poolfile.Surroundings{})
			var found *poolfile.Error
			if !errors.As(err, &found) {
				t.Fatalf("got %v", err)
			}
			for _, f := range found.Faults {
				if got := f.Excerpt + "|" + f.Caret(); f == found.Faults[0] && got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			}
		})
	}
}

func TestSegments(t *testing.T) {
	t.Parallel()
	for field, want := range map[string][]string{
		"PublicURL":                             {"PublicURL"},
		"Pools[0].Clients[12].Claims.ID":        {"Pools", "[0]", ".Clients", "[12]", ".Claims", ".ID"},
		`Pools[0].Users[1].Attributes["a.b[]"]`: {"Pools", "[0]", ".Users", "[1]", ".Attributes", `["a.b[]"]`},
		`A["\""].B`:                             {"A", `["\""]`, ".B"},
	} {
		if got := poolfile.Segments(field); !slices.Equal(got, want) {
			t.Errorf("%s: got %q", field, got)
		}
	}
}
