package examples

import (
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
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
	guides := map[string][]string{
		"observing.md":      {"examples/metrics/main.go"},
		"lambda.md":         {"examples/guides/lambda/main.go", "examples/guides/seed/main.go"},
		"load-balancers.md": {"examples/guides/loadbalancer/main.go", "examples/guides/loadbalancer/main_test.go"},
	}
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

var (
	part      = regexp.MustCompile("(?s)\n```go\n(.*?\n)```\n")
	qualifier = regexp.MustCompile(`\b([a-z]+)\.[A-Z]`)
)

// TestPartsInGuidesAreOfPrograms: code of these guides that is not a whole program is a part of a
// file that the tests build, and the guide has the paths of all packages in it.
func TestPartsInGuidesAreOfPrograms(t *testing.T) {
	for guide, name := range map[string]string{
		"lambda.md":         "guides/lambda/main_test.go",
		"load-balancers.md": "guides/loadbalancer/verifiedaccess_test.go",
	} {
		text, err := os.ReadFile(filepath.Join("..", "docs", guide))
		if err != nil {
			t.Fatal(err)
		}
		program, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			t.Fatal(err)
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, program, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		paths := map[string]string{}
		for _, imported := range file.Imports {
			quoted := imported.Path.Value
			paths[path.Base(strings.Trim(quoted, `"`))] = quoted
		}
		parts := part.FindAllStringSubmatch(string(text), -1)
		if len(parts) == 0 {
			t.Errorf("docs/%s has no parts of programs", guide)
		}
		for _, found := range parts {
			code := found[1]
			if !strings.Contains(flush(string(program)), flush(code)) {
				t.Errorf("docs/%s has code that is not in examples/%s:\n%s", guide, name, code)
			}
			for _, used := range qualifier.FindAllStringSubmatch(code, -1) {
				if quoted := paths[used[1]]; quoted != "" && !strings.Contains(string(text), quoted) {
					t.Errorf("docs/%s does not say that the package in %s is %s", guide, used[0], quoted)
				}
			}
		}
	}
}

// flush returns code without the indentation of its lines.
func flush(code string) string {
	lines := strings.Split(code, "\n")
	for n := range lines {
		lines[n] = strings.TrimLeft(lines[n], "\t")
	}
	return strings.Join(lines, "\n")
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
