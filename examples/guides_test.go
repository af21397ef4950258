package examples

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool"
)

var fence = regexp.MustCompile("(?s)\n```[a-z]+ ([^\n]+)\n(.*?\n)```\n")

// shown is the code of a guide, by the name of its file.
func shown(t *testing.T, guide string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", guide))
	if err != nil {
		t.Fatal(err)
	}
	code := map[string]string{}
	for _, found := range fence.FindAllStringSubmatch(string(text), -1) {
		code[found[1]] = found[2]
	}
	return code
}

// TestGuidesShowWholePrograms: the code of a guide is a program that the tests build, byte by
// byte.
func TestGuidesShowWholePrograms(t *testing.T) {
	guides := map[string][]string{"observing.md": {"examples/metrics/main.go"}}
	for _, m := range migrants {
		guides["migrating.md"] = append(guides["migrating.md"], "examples/migrating/"+m.folder+"/"+m.before, "examples/migrating/"+m.folder+"/"+m.after)
	}
	for guide, programs := range guides {
		code := shown(t, guide)
		for _, name := range programs {
			text, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(text), code[name]); diff != "" {
				t.Errorf("%s is not as in docs/%s (-program +guide):\n%s", name, guide, diff)
			}
		}
		if len(code) != len(programs) {
			t.Errorf("docs/%s shows %d programs, want %d", guide, len(code), len(programs))
		}
	}
}

// TestMigratingWithALocalPool: readers can try the programs without AWS, as the guide says.
func TestMigratingWithALocalPool(t *testing.T) {
	pool := servePool(t, userpool.IssuerLocal, "")
	tokens := newTokens(t, pool)
	for _, program := range []string{"golangjwt/before", "golangjwt/after", "gooidc/before", "gooidc/after", "awsjwtverify/after"} {
		c := exec.CommandContext(t.Context(), filepath.Join(build(t, "migrating/"+program), filepath.Base(program)))
		c.Env = append(os.Environ(), "USER_POOL_ID="+pool.ID, "CLIENT_ID=local-machine", "ISSUER="+pool.issuer(t))
		address, ok := tryStart(t, c)
		if !ok {
			t.Errorf("%s does not start", program)
			continue
		}
		ask := request(t, address)
		for token, want := range map[string]int{tokens.machine: http.StatusOK, tokens.id: http.StatusUnauthorized} {
			if got := ask(t, "/orders", []string{"Bearer " + token}); got.status != want {
				t.Errorf("%s: got %+v, want %d", program, got, want)
			}
		}
	}
}
