package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
)

// parse returns the document's content, nil for a document without any. ok is false
// where the file is not YAML, and then there are faults.
func (r *reader) parse(text []byte, maxBytes int) (root ast.Node, ok bool) {
	r.conceal = true // until it is known which lines hold secrets
	if len(text) > maxBytes {
		r.add(position{1, 1}, "", fmt.Sprintf("the file has more than %d KiB", maxBytes>>10))
		return nil, false
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	for n, line := range r.lines {
		if at := invalidUTF8(line); at > 0 {
			r.add(position{n + 1, at}, "", "the file is not UTF-8")
			return nil, false
		}
	}
	tokens := lexer.Tokenize(string(text))
	if at, message := guard(tokens); message != "" {
		r.add(at, "", message)
		return nil, false
	}
	parsed, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		r.syntax(err)
		return nil, false
	}
	for _, document := range parsed.Docs {
		if document.Body != nil && document.Body.Type() != ast.CommentType {
			root = document.Body
		}
	}
	if root != nil {
		ast.Walk(&binder{anchors: map[string]ast.Node{}, targets: r.targets}, root)
	}
	r.conceal = false
	return root, true
}

// syntax reports what the parser found, without the lines of source that the parser's
// error holds.
func (r *reader) syntax(err error) {
	var found yaml.Error
	at, message := position{1, 1}, "the file is not valid YAML"
	if errors.As(err, &found) {
		message += ": " + found.GetMessage()
		if token := found.GetToken(); token != nil && token.Position != nil {
			at = position{max(token.Position.Line, 1), max(token.Position.Column, 1)}
		}
	}
	r.add(at, "", message)
}

// invalidUTF8 returns the column of the first byte that is not UTF-8, or 0.
func invalidUTF8(line []byte) (column int) {
	for n := 0; n < len(line); {
		_, size := utf8.DecodeRune(line[n:])
		if size == 1 && line[n] >= utf8.RuneSelf {
			return utf8.RuneCount(line[:n]) + 1
		}
		n += size
	}
	return 0
}

// A binder finds the nearest anchor before each alias that has the alias's name. An
// anchor is known after its content, so an alias cannot stand for what it is in.
type binder struct {
	anchors map[string]ast.Node
	targets map[*ast.AliasNode]ast.Node
}

// Visit implements ast.Visitor.
func (b *binder) Visit(node ast.Node) ast.Visitor {
	switch n := node.(type) {
	case *ast.AnchorNode:
		if n.Value != nil {
			ast.Walk(b, n.Value)
		}
		if n.Name != nil {
			b.anchors[n.Name.GetToken().Value] = n.Value
		}
		return nil
	case *ast.AliasNode:
		if n.Value != nil {
			b.targets[n] = b.anchors[n.Value.GetToken().Value]
		}
		return nil
	}
	return b
}
