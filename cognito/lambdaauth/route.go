package lambdaauth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// A Route says who may call some of an API's routes.
type Route struct {
	// Keys are route keys as API Gateway's HTTP APIs have them, for all kinds of API:
	// a method, a space and a path, "GET /orders/{id}" or "ANY /files/{proxy+}"; or
	// $default, $connect. Paths are without stage and base path. The names of
	// parameters do not matter. A method that has a key of its own is not among ANY.
	// Policies for $default are for the one path; "ANY /{proxy+}" and "ANY /" can be
	// said for all.
	//
	// Where one path has several keys, the one that API Gateway prefers counts: from
	// the left, a segment that is spelled out, then {id}, then {proxy+}.
	//
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
	Keys []string

	// TokenUse is the kind of token that these routes accept. "" is [Config.TokenUse].
	//
	// A token of the other kind gets the status 401, or 403 by an answer that API Gateway
	// keeps. Where routes differ in TokenUse, no token may call all of them: with
	// [Authorizer.HTTPSimple], set Config.Caching to CachedByRoute or NotCached.
	TokenUse cognito.TokenUse

	// Require is what a token must meet to call them, beside [Config.Require]; with
	// none, every good token may.
	Require []cognito.Requirement

	// Allow is [cognito.Verified], the zero value, or [cognito.Denied]. Denied routes are
	// for paths that a parameter of another route would match otherwise.
	//
	// [cognito.Optional] and [cognito.Anonymous] are faults: API Gateway answers a request
	// without the identity source by itself, with 401, and the authorizer is not called.
	// In API Gateway, set no authorizer on routes that anonymous clients may call.
	Allow cognito.Allow
}

// methods are those that ANY stands for. They are spelled out in policies: in the
// place of a method, * matches "GET/admin" too.
var methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// An entry is one method of one key of the table.
type entry struct {
	method string // "" for $default and the like
	path   []segment
	rule   int // index into Config.Routes
}

// A segment is a part of a path between slashes.
type segment struct {
	text string // "" for a parameter
	kind segmentKind
}

type segmentKind uint8

// The kinds, the one that is preferred first.
const (
	spelledOut segmentKind = iota
	parameter
	greedy
)

// parseKey reads a route key. Without a path it is a name, such as $connect, in the
// place of the method.
func parseKey(key string) (method string, path []segment, err error) {
	if name, ok := strings.CutPrefix(key, "$"); ok && consistsOf(name, isStageByte) {
		return key, nil, nil
	}
	method, rest, found := strings.Cut(key, " ")
	if !found || (method != "ANY" && !slices.Contains(methods, method)) {
		return "", nil, errors.New("does not begin with a method or ANY, in capitals, and a space")
	}
	rest, found = strings.CutPrefix(rest, "/")
	switch {
	case !found:
		return "", nil, errors.New("has a path that does not begin with a slash")
	case rest == "":
		return method, []segment{}, nil
	case len(rest) > 400:
		return "", nil, errors.New("has a path that is too long for the resource of a policy, which has 512 characters at most")
	}
	texts := strings.Split(rest, "/")
	for n, text := range texts {
		s, err := parseSegment(text)
		if err != nil {
			return "", nil, err
		}
		if s.kind == greedy && n != len(texts)-1 {
			return "", nil, fmt.Errorf("has %q before the end of the path", text)
		}
		path = append(path, s)
	}
	return method, path, nil
}

func parseSegment(text string) (segment, error) {
	if name, ok := strings.CutPrefix(text, "{"); ok {
		name, ok = strings.CutSuffix(name, "}")
		name, isGreedy := strings.CutSuffix(name, "+")
		switch {
		case !ok || !consistsOf(name, func(c byte) bool { return isStageByte(c) || c == '.' || c == ':' }):
			return segment{}, fmt.Errorf("has the segment %q, which is not of the form {name} or {name+}", text)
		case isGreedy:
			return segment{kind: greedy}, nil
		}
		return segment{kind: parameter}, nil
	}
	switch {
	case text == "" || text == "." || text == "..":
		return segment{}, fmt.Errorf("has the segment %q", text)
	case !consistsOf(text, isPathByte):
		return segment{}, fmt.Errorf("has characters in the segment %q that cannot stand in a path, or mean something else in a policy", text)
	}
	return segment{text: text}, nil
}

// isPathByte allows what may stand in a path (pchar in RFC 3986 §3.3) but for what IAM
// gives a meaning.
func isPathByte(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("-._~!&'()+,;=:@%", c) >= 0
}

// shape writes a key in a way in which two keys for the same requests are the same.
func shape(method string, path []segment) string {
	if path == nil {
		return method
	}
	var b strings.Builder
	b.WriteString(method + " ")
	for _, s := range path {
		b.WriteString("/" + [...]string{s.text, "{}", "{+}"}[s.kind])
	}
	return b.String()
}

// resource returns what IAM must match, with star for parameters, given their place.
func (e *entry) resource(star func(n int) string) string {
	if e.path == nil {
		return e.method
	}
	var b strings.Builder
	b.WriteString(e.method)
	for n, s := range e.path {
		b.WriteByte('/')
		if s.kind == spelledOut {
			b.WriteString(s.text)
		} else {
			b.WriteString(star(n))
		}
	}
	if len(e.path) == 0 {
		b.WriteByte('/')
	}
	return b.String()
}

// glob returns the resource that matches every call of e, and others.
func (e *entry) glob() string { return e.resource(func(int) string { return "*" }) }

// calls returns the calls that API Gateway may take for e.
func (e *entry) calls() pattern {
	p := exactly(e.method)
	for _, s := range e.path {
		p = append(p, piece{c: '/'})
		switch s.kind {
		case spelledOut:
			p = append(p, exactly(s.text)...)
		case parameter:
			p = append(p, piece{kind: noSlash}, piece{kind: noSlash, many: true})
		case greedy:
			p = append(p, piece{kind: anyByte}, piece{kind: anyByte, many: true})
		}
	}
	if e.path != nil && len(e.path) == 0 {
		p = append(p, piece{c: '/'})
	}
	return p
}

// isWithin reports whether every call of e is one of f's too and f has others, so
// that API Gateway prefers e.
func (e *entry) isWithin(f *entry) bool {
	if e.method != f.method || e.path == nil || f.path == nil || slices.Equal(e.path, f.path) {
		return false
	}
	for n, s := range f.path {
		switch {
		case n >= len(e.path):
			return false
		case s.kind == greedy:
			return true
		case s.kind == parameter && e.path[n].kind == greedy, s.kind == spelledOut && e.path[n] != s:
			return false
		}
	}
	return len(e.path) == len(f.path)
}
