package poolfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"

	"github.com/poolguard/poolguard/userpool"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = 1 << 20

// Surroundings are what a file may refer to. A nil function has nothing.
type Surroundings struct {
	// LookupEnv finds the value of an environment variable, for {env: NAME}.
	LookupEnv func(name string) (value string, found bool)
	// ReadFile reads a file, for {file: PATH}. What a relative path starts from is
	// its business. Its errors are shown.
	ReadFile func(path string) ([]byte, error)
}

// A File is what was read.
type File struct {
	// Config has the settings of the file and no others. Without pools in the file it
	// has none, which stands for the default pool; without a public URL it has none.
	Config userpool.Config

	origins map[string]Origin
}

// An Origin is where a secret comes from. The zero value is the file itself.
type Origin struct{ Env, Path string }

// Origin returns where the secret of a field of Config comes from, such as
// "Pools[0].Clients[1].Secret".
func (f *File) Origin(field string) Origin { return f.origins[field] }

// Parse reads a file. name is what faults call it. The error is an [*Error] with all
// that is wrong, in the order of the lines; it may be called concurrently.
func Parse(name string, text []byte, from Surroundings) (*File, error) {
	r := &reader{
		from: from, left: maxValues, lines: bytes.Split(text, []byte("\n")), secret: map[int]bool{},
		targets: map[*ast.AliasNode]ast.Node{}, places: map[string]place{}, origins: map[string]Origin{},
		blamed: map[string]bool{}, above: map[string]bool{},
	}
	file := &File{origins: r.origins}
	if root := r.parse(text); root != nil {
		start := place{node: r.resolve(root), at: positionOf(root)}
		object(r, start, configKeys, &file.Config)
		r.validate(file.Config)
	}
	if len(r.faults) == 0 {
		return file, nil
	}
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	for n := range r.faults {
		r.faults[n].Excerpt = r.excerpt(r.faults[n].Line)
	}
	return nil, &Error{Name: name, Faults: r.faults, More: r.more}
}

// parse returns the document's content, or nil, and then there are faults.
func (r *reader) parse(text []byte) ast.Node {
	r.conceal = true // until it is known which lines hold secrets
	if len(text) > MaxBytes {
		r.add(position{1, 1}, "", fmt.Sprintf("the file has over %d KiB", MaxBytes>>10))
		return nil
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	for n, line := range r.lines {
		if at := badByte(line); at > 0 {
			r.add(position{n + 1, at}, "", "the file is not UTF-8")
			return nil
		}
	}
	tokens := lexer.Tokenize(string(text))
	if at, message := guard(tokens); message != "" {
		r.add(at, "", message)
		return nil
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil
	}
	var root ast.Node
	for _, document := range parsed.Docs {
		if document.Body != nil && document.Body.Type() != ast.CommentType {
			root = document.Body
		}
	}
	if root == nil {
		r.add(position{1, 1}, "", "the file is empty; poolguard userpool example prints one to begin with")
		return nil
	}
	ast.Walk(&binder{anchors: map[string]ast.Node{}, targets: r.targets}, root)
	r.conceal = false
	return root
}

// syntax words what the parser found, without the lines of source that its own
// words hold.
func (r *reader) syntax(err error) {
	var found yaml.Error
	at, message := position{1, 1}, "this is not YAML"
	if errors.As(err, &found) {
		message = found.GetMessage()
		if token := found.GetToken(); token != nil && token.Position != nil {
			at = position{max(token.Position.Line, 1), max(token.Position.Column, 1)}
		}
	}
	r.add(at, "", "the YAML is broken: "+message)
}

func badByte(line []byte) (column int) {
	for n := 0; n < len(line); {
		_, size := utf8.DecodeRune(line[n:])
		if size == 1 && line[n] >= utf8.RuneSelf {
			return utf8.RuneCount(line[:n]) + 1
		}
		n += size
	}
	return 0
}

// A Fault is something that is wrong at one place of the file.
type Fault struct {
	Line, Column int // from 1, in characters
	// Path is that of the value, such as "user_pools[0].clients[1].id", or "".
	Path string
	// Message follows the path and a colon. It says what is wrong and, mostly, what to
	// do. It holds no secret.
	Message string
	// Excerpt is the line, or "" where it holds, or may hold, a secret.
	Excerpt string
}

// String is "line:column: path: message".
func (f Fault) String() string {
	if f.Path == "" {
		return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Message)
	}
	return fmt.Sprintf("%d:%d: %s: %s", f.Line, f.Column, f.Path, f.Message)
}

// An Error is all that is wrong with a file.
type Error struct {
	Name   string
	Faults []Fault // at least one
	More   int     // how many there are beyond Faults
}

// Error has a line for each fault: "name:line:column: path: message".
func (e *Error) Error() string {
	var lines []string
	for _, f := range e.Faults {
		lines = append(lines, e.Name+":"+f.String())
	}
	if e.More > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more", e.Name, e.More))
	}
	return strings.Join(lines, "\n")
}
