package profile

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// What a file may have. The parser recurses with every level, and takes longer with
// every key than with the one before.
const (
	maxBytes  = 32 << 10
	maxTokens = 10_000
	maxDepth  = 8
	maxIndent = 40
	maxFaults = 20
)

// Parse reads the text of a file. name is what faults call it. The error is an
// [*Error] with all that is wrong, in the order of the lines.
func Parse(name string, text []byte) (*File, error) {
	r := &reader{}
	file := &File{}
	if root := r.document(text); root != nil {
		r.file(root, file)
	}
	if len(r.faults) == 0 {
		return file, nil
	}
	slices.SortStableFunc(r.faults, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return nil, &Error{name, r.faults[:min(len(r.faults), maxFaults)]}
}

type reader struct{ faults []Fault }

func (r *reader) blame(node ast.Node, path, format string, args ...any) {
	var t *token.Token
	if node != nil {
		t = node.GetToken()
		if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
			t = m.Values[0].Key.GetToken()
		}
	}
	r.blameAt(t, path, format, args...)
}

func (r *reader) blameAt(t *token.Token, path, format string, args ...any) {
	f := Fault{Line: 1, Column: 1, Path: path, Message: fmt.Sprintf(format, args...)}
	if t != nil && t.Position != nil {
		f.Line, f.Column = max(t.Position.Line, 1), max(t.Position.Column, 1)
	}
	r.faults = append(r.faults, f)
}

// document returns the file's one value, nil where it is empty or broken.
func (r *reader) document(text []byte) ast.Node {
	switch {
	case len(text) > maxBytes:
		r.blameAt(nil, "", "the file has over %d KiB", maxBytes>>10)
		return nil
	case !utf8.Valid(text):
		r.blameAt(nil, "", "the file is not UTF-8")
		return nil
	}
	tokens := lexer.Tokenize(strings.TrimPrefix(string(text), "\ufeff"))
	if t, message := busy(tokens); message != "" {
		r.blameAt(t, "", "%s", message)
		return nil
	}
	parsed, err := parser.Parse(tokens, 0)
	var found yaml.Error
	switch {
	case errors.As(err, &found):
		r.blameAt(found.GetToken(), "", "the YAML is broken: %s", found.GetMessage())
		return nil
	case err != nil:
		r.blameAt(nil, "", "this is not YAML")
		return nil
	}
	var root ast.Node
	for _, d := range parsed.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if root != nil {
			r.blame(d.Body, "", "a second document begins here: a file has one")
			return nil
		}
		root = d.Body
	}
	return root
}

// busy finds what would keep the parser busy, or take it down.
func busy(tokens token.Tokens) (at *token.Token, message string) {
	if len(tokens) > maxTokens {
		return tokens[maxTokens], "the file has too many words"
	}
	depth, line, marks := 0, 0, 0
	for _, t := range tokens {
		if t.Position != nil && t.Position.Line != line {
			line, marks = t.Position.Line, 0
			if t.Position.Column > maxIndent && depth == 0 && t.Type != token.CommentType {
				return t, "this is indented too far"
			}
		}
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType, token.AliasType:
			marks++
		default:
		}
		if depth > maxDepth || marks > maxDepth {
			return t, "this is nested too deep"
		}
	}
	return nil, ""
}

// mapping calls read for each key of a mapping. A repeated one the parser finds.
func (r *reader) mapping(node ast.Node, path string, read func(key string, at, value ast.Node)) {
	var values []*ast.MappingValueNode
	switch n := node.(type) {
	case *ast.MappingNode:
		values = n.Values
	case *ast.MappingValueNode:
		values = []*ast.MappingValueNode{n}
	default:
		r.blame(node, path, "must be a mapping, with a key and a value on each line")
		return
	}
	for _, v := range values {
		key, ok := v.Key.(*ast.StringNode)
		if !ok {
			r.blame(v.Key, path, "a key must be a word")
			continue
		}
		read(key.Value, v.Key, v.Value)
	}
}

func below(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func (r *reader) file(root ast.Node, into *File) {
	r.mapping(root, "", func(key string, at, value ast.Node) {
		switch key {
		case "default":
			if r.text(value, key, &into.Default) {
				r.name(value, key, into.Default)
			}
		case "profiles":
			into.Profiles = map[string]Profile{}
			if _, empty := value.(*ast.NullNode); empty {
				return
			}
			r.mapping(value, key, func(name string, at, value ast.Node) {
				var p Profile
				path := "profiles"
				if r.name(at, path, name) {
					path = below(path, name)
				}
				r.profile(value, path, &p)
				into.Profiles[name] = p
			})
		default:
			r.blame(at, "", "there is no key %s here; the keys are default and profiles", quoteKey(key))
		}
	})
}

func (r *reader) name(at ast.Node, path, name string) bool {
	reason := CheckName(name)
	if reason != "" {
		r.blame(at, path, "%s %s", quoteKey(name), reason)
	}
	return reason == ""
}

// quoteKey shows a key, but none that is long: it may be what was pasted by mistake.
func quoteKey(key string) string {
	if len(key) > 40 {
		return "of this name"
	}
	return strconv.QuoteToASCII(key)
}

func (r *reader) profile(node ast.Node, path string, into *Profile) {
	texts := map[string]*string{"user_pool": &into.UserPoolID, "client_id": &into.ClientID, "domain": &into.Domain, "issuer": &into.Issuer}
	flags := map[string]*bool{"machine": &into.Machine, "local": &into.Local}
	r.mapping(node, path, func(key string, at, value ast.Node) {
		path := below(path, key)
		switch {
		case texts[key] != nil:
			r.text(value, path, texts[key])
		case flags[key] != nil:
			b, ok := value.(*ast.BoolNode)
			if !ok {
				r.blame(value, path, "must be true or false")
				return
			}
			*flags[key] = b.Value
		case key == "scopes":
			r.texts(value, path, &into.Scopes)
		case key == "port":
			r.port(value, path, &into.Port)
		case key == "client_secret":
			r.secret(value, path, &into.Secret)
		default:
			r.blame(at, "", "there is no key %s here; the keys are user_pool, client_id, domain, issuer, scopes, port, machine, local, client_secret", quoteKey(key))
		}
	})
}

func (r *reader) text(node ast.Node, path string, into *string) bool {
	s, ok := node.(*ast.StringNode)
	if !ok || s.Value == "" {
		r.blame(node, path, "must be text; put it in quotes where it looks like something else")
		return false
	}
	*into = s.Value
	return true
}

func (r *reader) texts(node ast.Node, path string, into *[]string) {
	list, ok := node.(*ast.SequenceNode)
	if !ok {
		r.blame(node, path, "must be a list, such as [openid, email]")
		return
	}
	*into = nil
	for n, value := range list.Values {
		var s string
		r.text(value, fmt.Sprintf("%s[%d]", path, n), &s)
		*into = append(*into, s)
	}
}

func (r *reader) port(node ast.Node, path string, into *int) {
	n, ok := node.(*ast.IntegerNode)
	port, err := 0, error(nil)
	if ok {
		port, err = strconv.Atoi(fmt.Sprint(n.Value))
	}
	if !ok || err != nil || port < 1 || port > 65535 {
		r.blame(node, path, "must be a number from 1 to 65535")
		return
	}
	*into = port
}

// secret reads where a secret is. One that is here itself is refused, and not quoted.
func (r *reader) secret(node ast.Node, path string, into *Secret) {
	if _, literal := node.(*ast.StringNode); literal {
		r.blame(node, path, "the secret itself does not belong here: say {env: NAME} or {file: PATH}")
		return
	}
	r.mapping(node, path, func(key string, at, value ast.Node) {
		switch key {
		case "env":
			r.text(value, below(path, key), &into.Env)
		case "file":
			r.text(value, below(path, key), &into.File)
		default:
			r.blame(at, path, "say {env: NAME} or {file: PATH}")
		}
	})
	if into.Env != "" && into.File != "" {
		r.blame(node, path, "has both env and file: keep one")
	}
}
