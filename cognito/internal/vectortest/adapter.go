package vectortest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/vectorgen/vectors"
)

// A Setting is a config of the vectors, as an adapter takes it.
type Setting struct {
	Verifier *cognito.Verifier
	TokenUse cognito.TokenUse // access or id
	Require  []cognito.Requirement
}

// leastSent is the least number of vectors that an adapter must get. A lower number means that
// vectors are skipped that an adapter can get.
const leastSent = 750

// b64token is the syntax of a bearer token (RFC 6750 §2.1).
var b64token = regexp.MustCompile(`^[A-Za-z0-9._~+/-]+=*$`)

// RunAdapter runs every vector that an Authorization header can carry, each as a subtest. It
// calls newCheck once for each config; check then sends a token to the adapter and compares the
// answer with the code, "" for an accepted token.
//
// A token that is not a b64token makes the request invalid, whatever the verifier says about it.
// A token that begins with a space is not sent: in the header it looks like a second space after
// the scheme. Configs that accept either kind of token are left out, since an adapter accepts one.
func RunAdapter(t *testing.T, folder string, newCheck func(t *testing.T, s Setting) (check func(t *testing.T, token string, code cognito.Code))) {
	t.Helper()
	files, err := vectors.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	sent, skipped := 0, map[string]int{}
	for _, file := range files {
		checks := map[string]func(*testing.T, string, cognito.Code){}
		for _, v := range file.Cases {
			config := file.Configs[v.Config]
			token, err := v.Text()
			switch {
			case err != nil:
				t.Fatal(err)
			case config.TokenUse == "any":
				skipped["accepts either kind of token"]++
				continue
			case strings.HasPrefix(token, " "):
				skipped["begins with a space"]++
				continue
			}
			if checks[v.Config] == nil {
				checks[v.Config] = newCheck(t, Setting{Verifier(t, file, config), cognito.TokenUse(config.TokenUse), Requirements(config.Require)})
			}
			code := cognito.Code(v.Expected.Code)
			if !b64token.MatchString(token) {
				code = cognito.ErrRequestInvalid
			}
			sent++
			t.Run(v.ID, func(t *testing.T) {
				SkipNotApproved(t, v.ID)
				checks[v.Config](t, token, code)
			})
		}
	}
	t.Logf("%d vectors were sent; skipped: %v", sent, skipped)
	if sent < leastSent || skipped["begins with a space"] > 1 {
		t.Errorf("%d vectors were sent, want at least %d; skipped: %v", sent, leastSent, skipped)
	}
}
