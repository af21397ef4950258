package yamlfile

import (
	"fmt"

	"github.com/goccy/go-yaml/token"
)

// The limits of a file. The parser recurses with every level. Its time grows with the
// square of the number of keys of a mapping in block style, and it copies a whole
// document when the next one begins.
const (
	maxTokens  = 200_000
	maxDepth   = 32
	maxKeys    = 1000
	maxIndent  = 200
	maxValues  = 100_000 // each use of an alias counts
	maxOneLine = 32      // marks of nesting on one line
)

// guard looks at the tokens, before they are parsed, for what would take the parser
// too much time or stack. It returns the fault, or "".
func guard(tokens token.Tokens) (at position, message string) {
	g := &guardian{}
	for n, t := range tokens {
		if n >= maxTokens {
			return tokenAt(t), fmt.Sprintf("the file has more than %d words", maxTokens)
		}
		if message := g.look(t); message != "" {
			return tokenAt(t), message
		}
	}
	return position{}, ""
}

func tokenAt(t *token.Token) position {
	if t == nil || t.Position == nil {
		return position{1, 1}
	}
	return position{max(t.Position.Line, 1), max(t.Position.Column, 1)}
}

type guardian struct {
	flow    int  // depth of brackets and braces
	line    int  // of the token before
	marks   int  // of nesting on this line
	headed  bool // there was a ---
	started bool // there was content
	ended   bool // the document is over
	columns []columnKeys
}

// columnKeys counts the keys of the innermost mapping at a column.
type columnKeys struct{ column, keys int }

func (g *guardian) look(t *token.Token) string {
	at := tokenAt(t)
	first := at.line != g.line
	if first {
		g.line, g.marks = at.line, 0
	}
	switch t.Type {
	case token.CommentType:
		return ""
	case token.DocumentHeaderType, token.DirectiveType:
		if g.started || g.ended || t.Type == token.DocumentHeaderType && g.headed {
			return "a second document begins here; a file has one"
		}
		g.headed = g.headed || t.Type == token.DocumentHeaderType
		return ""
	case token.DocumentEndType:
		g.ended = true
		return ""
	default:
	}
	if g.ended {
		return "there is text after the end of the document"
	}
	g.started = true
	return g.nest(t, at, first)
}

const tooDeepLine = "the nesting on this line is too deep"

func (g *guardian) nest(t *token.Token, at position, first bool) string {
	if first && g.flow == 0 {
		if at.column > maxIndent {
			return fmt.Sprintf("this line is indented by more than %d columns", maxIndent)
		}
		for len(g.columns) > 0 && g.columns[len(g.columns)-1].column > at.column {
			g.columns = g.columns[:len(g.columns)-1]
		}
	}
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		if g.flow++; g.flow > maxDepth {
			return fmt.Sprintf("brackets and braces are nested more than %d levels deep", maxDepth)
		}
	case token.SequenceEndType, token.MappingEndType:
		g.flow = max(g.flow-1, 0)
	case token.CollectEntryType:
		g.marks = 0
	case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType, token.AliasType, token.MergeKeyType:
		g.marks++
	case token.MappingValueType:
		g.marks++
		if g.flow == 0 {
			return g.count(t)
		}
	default:
	}
	if g.marks > maxOneLine {
		return tooDeepLine
	}
	return ""
}

// count counts a key of a mapping in block style, by its column.
func (g *guardian) count(colon *token.Token) string {
	column := tokenAt(colon).column
	if colon.Prev != nil {
		column = tokenAt(colon.Prev).column
	}
	for len(g.columns) > 0 && g.columns[len(g.columns)-1].column > column {
		g.columns = g.columns[:len(g.columns)-1]
	}
	if n := len(g.columns); n == 0 || g.columns[n-1].column < column {
		g.columns = append(g.columns, columnKeys{column: column})
	}
	top := &g.columns[len(g.columns)-1]
	if top.keys++; top.keys > maxKeys {
		return fmt.Sprintf("a mapping has more than %d keys", maxKeys)
	}
	if g.marks > maxOneLine {
		return tooDeepLine
	}
	return ""
}
