package poolfile

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"

	"github.com/poolguard/poolguard/userpool"
)

func textOf(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		if n.Value != nil {
			return n.Value.Value, true
		}
	}
	return "", false
}

// text reads a text that names something.
func text[T any, S ~string](key, name string, get func(*T) *S) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		s, ok := r.text(p)
		if ok {
			*get(into) = S(s)
		}
	}}
}

func (r *reader) text(p place) (string, bool) {
	if s, ok := textOf(p.node); ok {
		return s, true
	}
	switch p.node.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		r.blame(p, "must be text, and is %s: put it in quotes", kind(p.node))
	default:
		r.wrong(p, "text")
	}
	return "", false
}

// choice reads one of some words, in any letter case, as it is written in words.
func choice[T any](key, name string, get func(*T) *string, words ...string) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		s, ok := r.text(p)
		if !ok {
			return
		}
		for _, w := range words {
			if strings.EqualFold(s, w) {
				*get(into) = w
				return
			}
		}
		r.blame(p, "%q is none of %s", s, strings.ToLower(strings.Join(words, ", ")))
	}}
}

// texts reads a list of texts.
func texts[T any, S ~string](key, name string, get func(*T) *[]S) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		list := []S{}
		r.list(p, func(at place) {
			s, _ := r.text(at)
			list = append(list, S(s)) // also what is wrong: numbers of others stay
		})
		*get(into) = list
	}}
}

func (r *reader) list(p place, each func(place)) {
	list, ok := p.node.(*ast.SequenceNode)
	if !ok {
		r.wrong(p, "a list")
		return
	}
	for n, v := range list.Values {
		node := r.resolve(v)
		at := positionOf(v)
		if _, anchor := v.(*ast.AnchorNode); anchor && node != nil {
			at = positionOf(node)
		}
		e := p.element(n, node, at)
		r.places[e.field] = e
		each(e)
		if r.left <= 0 {
			return
		}
	}
}

// objects reads a list of mappings.
func objects[T, E any](key, name string, get func(*T) *[]E, fields []field[E]) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		var list []E
		r.list(p, func(at place) {
			var e E
			object(r, at, fields, &e)
			list = append(list, e)
		})
		*get(into) = list
	}}
}

// part reads a mapping.
func part[T, E any](key, name string, get func(*T) *E, fields []field[E]) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) { object(r, p, fields, get(into)) }}
}

// flag reads true or false; unless reads the opposite of what T has.
func flag[T any](key, name string, get func(*T) *bool) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		if b, ok := r.flag(p); ok {
			*get(into) = b
		}
	}}
}

func unless[T any](key, name string, get func(*T) *bool) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		if b, ok := r.flag(p); ok {
			*get(into) = !b
		}
	}}
}

func (r *reader) flag(p place) (value, ok bool) {
	if b, ok := p.node.(*ast.BoolNode); ok {
		return b.Value, true
	}
	r.wrong(p, "true or false")
	return false, false
}

// number reads a whole number.
func number[T any](key, name string, set func(*T, int)) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		n, ok := p.node.(*ast.IntegerNode)
		if !ok {
			r.wrong(p, "a whole number")
			return
		}
		value, err := strconv.Atoi(fmt.Sprint(n.Value))
		if err != nil {
			r.blame(p, "is too large")
			return
		}
		set(into, value)
	}}
}

// duration reads a time with its unit.
func duration[T any](key, name string, get func(*T) *time.Duration) field[T] {
	return field[T]{key, name, func(r *reader, p place, into *T) {
		if n, ok := p.node.(*ast.IntegerNode); ok {
			// Alone 0 needs no unit, but what others mean by a number cannot be known.
			if fmt.Sprint(n.Value) != "0" {
				r.blame(p, "needs a unit, such as 90s, 15m, 1h or 30d")
			}
			return
		}
		s, ok := textOf(p.node)
		if !ok {
			r.wrong(p, "a duration such as 90s, 15m, 1h or 30d")
			return
		}
		d, err := parseDuration(s)
		if err != nil {
			r.blame(p, "%q %v", s, err)
			return
		}
		*get(into) = d
	}}
}

var days = regexp.MustCompile(`^(\d{1,6})d(.*)$`)

var errDuration = errors.New("is not a duration such as 90s, 15m, 1h30m or 30d")

// parseDuration is time.ParseDuration, with days of 24 hours before the rest.
func parseDuration(s string) (time.Duration, error) {
	var total time.Duration
	if found := days.FindStringSubmatch(s); found != nil {
		n, err := strconv.Atoi(found[1])
		if err != nil {
			return 0, errDuration
		}
		total, s = time.Duration(n)*24*time.Hour, found[2]
		if n > 100_000 {
			return 0, errors.New("is too long")
		}
		if s == "" {
			return total, nil
		}
		if s[0] < '0' || s[0] > '9' {
			return 0, errDuration
		}
	}
	rest, err := time.ParseDuration(s)
	if err != nil {
		return 0, errDuration
	}
	if total+rest < total && rest > 0 {
		return 0, errors.New("is too long")
	}
	return total + rest, nil
}

// attributes reads attributes of a user: their values are text, also where YAML
// takes them for something else.
func (r *reader) attributes(p place, into *userpool.User) {
	entries, ok := r.mapping(p)
	if !ok {
		return
	}
	into.Attributes = map[string]string{}
	for _, e := range entries {
		at := p.quoted(e)
		r.places[at.field] = at
		switch n := e.node.(type) {
		case *ast.BoolNode:
			into.Attributes[e.key] = strconv.FormatBool(n.Value)
		case *ast.IntegerNode, *ast.FloatNode:
			into.Attributes[e.key] = n.GetToken().Value
		default:
			if s, ok := r.text(at); ok {
				into.Attributes[e.key] = s
			}
		}
	}
}

var plainKey = regexp.MustCompile(`^[A-Za-z][\w:-]*$`)

// quoted is the place of a value in a mapping with keys of all kinds.
func (p place) quoted(e entry) place {
	path := fmt.Sprintf("%s[%q]", p.path, e.key)
	if plainKey.MatchString(e.key) && utf8.RuneCountInString(e.key) <= 64 {
		path = p.path + "." + e.key
	}
	return place{path, fmt.Sprintf("%s[%q]", p.field, e.key), e.node, e.valueAt}
}
