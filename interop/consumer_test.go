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

// A consumable is a module that other programs import.
type consumable struct {
	module, folder string
	example        string   // the document whose first block of Go is a program
	list           string   // the document that lists the modules that a program inherits
	imports        []string // of the program, where the document shows only the body of main
}

var consumables = []consumable{
	{
		module: "github.com/poolguard/poolguard/cognito", folder: "cognito", example: "README.md", list: "docs/library.md",
		imports: []string{
			"fmt", "log", "net/http", "github.com/poolguard/poolguard/cognito", "github.com/poolguard/poolguard/cognito/bearer",
		},
	},
	{module: "github.com/poolguard/poolguard/userpool", folder: "userpool", example: "docs/userpool.md", list: "docs/userpool.md"},
}

// A promise is what the documents say about programs that import a module.
type promise struct {
	program string   // Go source
	modules []string // of the whole graph, sorted
	linked  []string // those of them that end up in the program, sorted
}

// readPromise reads the promise. The program is the first block of Go in the example.
// In the list, the first block after the words "What a consumer inherits" has one module
// on each line. The paragraph after that names in backquotes each module that is linked,
// beside the imported one.
func (c consumable) readPromise(example, list string) (*promise, error) {
	program := regexp.MustCompile("(?s)\n```go\n(.*?)\n```\n").FindStringSubmatch(example)
	if program == nil {
		return nil, errors.New(c.example + " has no block of Go")
	}
	_, rest, found := strings.Cut(list, "What a consumer inherits")
	block := regexp.MustCompile("(?s)\n```[a-z]*\n(.*?)\n```\n\n(.*?)(\n\n|$)").FindStringSubmatch(rest)
	if !found || block == nil {
		return nil, errors.New(c.list + ` has no block after the words "What a consumer inherits", or no paragraph after that`)
	}
	p := &promise{program: c.wholeProgram(program[1]), modules: strings.Fields(block[1])}
	slices.Sort(p.modules)
	for _, module := range p.modules {
		name := path.Base(majorVersion.ReplaceAllString(module, ""))
		if module == c.module || strings.Contains(block[2], "`"+name+"`") {
			p.linked = append(p.linked, module)
		}
	}
	return p, nil
}

// wholeProgram adds the imports to the body of main. A program that has its imports is
// whole already.
func (c consumable) wholeProgram(source string) string {
	if len(c.imports) == 0 {
		return source + "\n"
	}
	return "package main\n\nimport (\n\t\"" + strings.Join(c.imports, "\"\n\t\"") + "\"\n)\n\nfunc main() {\n" + source + "\n}\n"
}

var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// TestConsumer builds each document's program outside of this repository, as a program
// that needs only one module. It compares the modules of that program with those that
// the document lists.
func TestConsumer(t *testing.T) {
	t.Parallel()
	for _, of := range consumables {
		t.Run(of.folder, func(t *testing.T) {
			t.Parallel()
			read := func(document string) string { return readFile(t, filepath.Join("..", filepath.FromSlash(document))) }
			promised, err := of.readPromise(read(of.example), read(of.list))
			if err != nil {
				t.Fatal(err)
			}
			c := newConsumer(t, of, promised.program)
			c.run(t, "build", "-o", os.DevNull, "./...")
			c.run(t, "vet", "./...")

			graph := withoutSelf(c.run(t, "list", "-m", "-f", "{{.Path}}", "all"))
			if diff := cmp.Diff(promised.modules, graph); diff != "" {
				t.Errorf("modules of the graph (-%s +go list -m all):\n%s", of.list, diff)
			}
			linked := withoutSelf(c.run(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./..."))
			if diff := cmp.Diff(promised.linked, linked); diff != "" {
				t.Errorf("modules that are linked (-%s +go list -deps):\n%s", of.list, diff)
			}
			t.Logf("in the graph: %v; linked: %v", graph, linked)
		})
	}
}

// A consumer is a module in a directory of its own.
type consumer struct{ dir string }

const consumerModule = "example.com/consumer"

// newConsumer makes a consumer that has the program and requires the module.
func newConsumer(t *testing.T, of consumable, program string) *consumer {
	t.Helper()
	folder, err := filepath.Abs(filepath.Join("..", of.folder))
	if err != nil {
		t.Fatal(err)
	}
	goLine := regexp.MustCompile(`(?m)^go .*$`).FindString(readFile(t, filepath.Join(folder, "go.mod")))
	c := &consumer{t.TempDir()}
	for name, content := range map[string]string{
		"main.go": program,
		"go.mod": "module " + consumerModule + "\n\n" + goLine + "\n\n" +
			"require " + of.module + " v0.0.0\n\n" +
			"replace " + of.module + " => " + `"` + filepath.ToSlash(folder) + "\"\n",
		"go.sum": readFile(t, filepath.Join(folder, "go.sum")),
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
	of := consumable{module: "example.org/imported", example: "README.md", list: "docs/list.md", imports: []string{"example.org/imported"}}
	readme := "# X" + fence + "sh\nmake" + fence + "\n" + fence + "go\nrun()" + fence + "\n"
	library := "## What a consumer inherits\n\nSee:\n" + fence + "\na.com/z\na.com/b/c/v2\n" + of.module + fence + "\n\nLinked is `c`, after `go build`.\n"
	p, err := of.readPromise(readme, library)
	if err != nil {
		t.Fatal(err)
	}
	want := &promise{program: "package main\n\nimport (\n\t\"example.org/imported\"\n)\n\nfunc main() {\nrun()\n}\n", modules: []string{"a.com/b/c/v2", "a.com/z", of.module}, linked: []string{"a.com/b/c/v2", of.module}}
	if diff := cmp.Diff(want, p, cmp.AllowUnexported(promise{})); diff != "" {
		t.Error(diff)
	}
	if p, err := of.readPromise("# X", library); err == nil {
		t.Errorf("a README without a program is accepted: %+v", p)
	}
	if p, err := of.readPromise(readme, strings.Replace(library, "inherits", "gets", 1)); err == nil {
		t.Errorf("a list of modules without its heading is accepted: %+v", p)
	}
}
