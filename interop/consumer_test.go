package interop

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const libraryModule = "github.com/poolguard/poolguard/cognito"

// A promise is what the documents say about programs that import the library.
type promise struct {
	program string   // Go source
	modules []string // of the whole graph, sorted
	linked  []string // those of them that end up in the program, sorted
}

// readPromise reads the promise. The program is the first block of Go in the README:
// the body of main, for the imports that wholeProgram adds. In docs/library.md, the
// first block after the words "What a consumer inherits" has one module on each line.
// The paragraph after that names in backquotes each module that is linked, beside the
// library itself.
func readPromise(readme, library string) (*promise, error) {
	body := regexp.MustCompile("(?s)\n```go\n(.*?)\n```\n").FindStringSubmatch(readme)
	if body == nil {
		return nil, errors.New("the README has no block of Go")
	}
	_, rest, found := strings.Cut(library, "What a consumer inherits")
	block := regexp.MustCompile("(?s)\n```[a-z]*\n(.*?)\n```\n\n(.*?)(\n\n|$)").FindStringSubmatch(rest)
	if !found || block == nil {
		return nil, errors.New(`docs/library.md has no block after the words "What a consumer inherits", or no paragraph after that`)
	}
	p := &promise{program: wholeProgram(body[1]), modules: strings.Fields(block[1])}
	slices.Sort(p.modules)
	for _, module := range p.modules {
		name := path.Base(majorVersion.ReplaceAllString(module, ""))
		if module == libraryModule || strings.Contains(block[2], "`"+name+"`") {
			p.linked = append(p.linked, module)
		}
	}
	return p, nil
}

// wholeProgram adds the imports that the README names below its program.
func wholeProgram(body string) string {
	return `package main

import (
	"fmt"
	"log"
	"net/http"

	"` + libraryModule + `"
	"` + libraryModule + `/bearer"
)

func main() {
` + body + `
}
`
}

var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// TestConsumer builds the README's program outside of this repository, as a program
// that needs only the library. It compares the modules of that program with those that
// docs/library.md lists.
func TestConsumer(t *testing.T) {
	t.Parallel()
	promised, err := readPromise(readFile(t, filepath.Join("..", "README.md")), readFile(t, filepath.Join("..", "docs", "library.md")))
	if err != nil {
		t.Fatal(err)
	}
	c := newConsumer(t, promised.program)
	c.run(t, "build", "-o", os.DevNull, "./...")
	c.run(t, "vet", "./...")

	graph := withoutSelf(c.run(t, "list", "-m", "-f", "{{.Path}}", "all"))
	if diff := cmp.Diff(promised.modules, graph); diff != "" {
		t.Errorf("modules of the graph (-docs/library.md +go list -m all):\n%s", diff)
	}
	linked := withoutSelf(c.run(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./..."))
	if diff := cmp.Diff(promised.linked, linked); diff != "" {
		t.Errorf("modules that are linked (-docs/library.md +go list -deps):\n%s", diff)
	}
	t.Logf("in the graph: %v; linked: %v", graph, linked)
}

// A consumer is a module in a directory of its own.
type consumer struct{ dir string }

const consumerModule = "example.com/consumer"

func newConsumer(t *testing.T, program string) *consumer {
	t.Helper()
	library, err := filepath.Abs(filepath.Join("..", "cognito"))
	if err != nil {
		t.Fatal(err)
	}
	libraryMod := readFile(t, filepath.Join(library, "go.mod"))
	goLine := regexp.MustCompile(`(?m)^go .*$`).FindString(libraryMod)
	c := &consumer{t.TempDir()}
	for name, content := range map[string]string{
		"main.go": program,
		"go.mod": "module " + consumerModule + "\n\n" + goLine + "\n\n" +
			"require " + libraryModule + " v0.0.0\n\n" +
			"replace " + libraryModule + " => " + `"` + filepath.ToSlash(library) + "\"\n",
		"go.sum": readFile(t, filepath.Join(library, "go.sum")),
	} {
		if err := os.WriteFile(filepath.Join(c.dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// run runs the go command in the consumer's directory, without this repository's
// workspace. With -mod=mod it writes the requirements that are missing into go.mod,
// as go mod tidy would; that itself wants the tests of all modules too. The modules
// that are linked are here already; for the go.mod files of the rest of the graph
// the go command asks its proxy, where it never needed them before.
func (c *consumer) run(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "PWD="+c.dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	output, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, &stderr)
	}
	return strings.Fields(string(output))
}

// withoutSelf sorts modules and leaves out repetitions and the consumer.
func withoutSelf(modules []string) []string {
	modules = slices.DeleteFunc(slices.Clone(modules), func(m string) bool { return m == consumerModule })
	slices.Sort(modules)
	return slices.Compact(modules)
}

func TestReadPromise(t *testing.T) {
	t.Parallel()
	const fence = "\n```"
	readme := "# X" + fence + "sh\nmake" + fence + "\n" + fence + "go\nrun()" + fence + "\n"
	library := "## What a consumer inherits\n\nSee:\n" + fence + "\na.com/z\na.com/b/c/v2\n" + libraryModule + fence + "\n\nLinked is `c`, after `go build`.\n"
	p, err := readPromise(readme, library)
	if err != nil {
		t.Fatal(err)
	}
	want := &promise{program: wholeProgram("run()"), modules: []string{"a.com/b/c/v2", "a.com/z", libraryModule}, linked: []string{"a.com/b/c/v2", libraryModule}}
	if diff := cmp.Diff(want, p, cmp.AllowUnexported(promise{})); diff != "" {
		t.Error(diff)
	}
	if p, err := readPromise("# X", library); err == nil {
		t.Errorf("a README without a program is accepted: %+v", p)
	}
	if p, err := readPromise(readme, strings.Replace(library, "inherits", "gets", 1)); err == nil {
		t.Errorf("a list of modules without its heading is accepted: %+v", p)
	}
}
