package lambdaauth

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito"
)

// A Route says who may call some routes of an API.
type Route struct {
	// Keys are route keys in the form of API Gateway's HTTP APIs, for all kinds of API: a
	// method, a space and a path, such as "GET /orders/{id}" or "ANY /files/{proxy+}".
	// "$default" and "$connect" are keys too. Paths have no stage and no base path. The
	// names of parameters do not matter. A method with a key of its own is not part of
	// ANY. A policy for $default allows one path only. Use "ANY /{proxy+}" and "ANY /"
	// for all paths.
	//
	// If several keys match a path, the one that API Gateway prefers applies. For each
	// segment from the left, fixed text comes first, then {id}, then {proxy+}.
	//
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
	Keys []string

	// TokenUse is the kind of token that these routes accept. "" is [Config.TokenUse].
	//
	// A token of the other kind gets the status 401, or 403 by an answer that API Gateway
	// keeps. Where routes differ in TokenUse, no token may call all of them: with
	// [Authorizer.HTTPSimple], set Config.Caching to CachedByRoute or NotCached.
	TokenUse cognito.TokenUse

	// Require is what a token must meet to call the routes, beside [Config.Require]. With
	// none, every good token may call them.
	Require []cognito.Requirement

	// Allow is [cognito.Verified], the zero value, or [cognito.Denied]. Denied routes are
	// for paths that a parameter of another route would match otherwise.
	//
	// [cognito.Optional] and [cognito.Anonymous] are faults: API Gateway answers a request
	// without the identity source by itself, with 401, and the authorizer is not called.
	// In API Gateway, set no authorizer on routes that anonymous clients may call.
	Allow cognito.Allow
}

// methods are the methods of ANY. Policies list them: in the place of a method, * matches
// "GET/admin" too.
var methods = []string{"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}

// An entry is one method of one key in the table.
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

// The kinds, in the order of preference.
const (
	spelledOut segmentKind = iota
	parameter
	greedy
)

// parseKey reads a route key. A key without a path is a name, such as $connect, and is
// returned as the method.
func parseKey(key string) (method string, path []segment, err error) {
	if name, ok := strings.CutPrefix(key, "$"); ok && consistsOf(name, isStageByte) {
		return key, nil, nil
	}
	method, rest, found := strings.Cut(key, " ")
	if !found || (method != "ANY" && !slices.Contains(methods, method)) {
		return "", nil, errors.New("must begin with a method or ANY, in capitals, and a space")
	}
	rest, found = strings.CutPrefix(rest, "/")
	switch {
	case !found:
		return "", nil, errors.New("has a path that must begin with a slash")
	case rest == "":
		return method, []segment{}, nil
	case len(rest) > 400:
		return "", nil, errors.New("has a path of more than 400 bytes: the resource of a policy has at most 512 characters")
	}
	texts := strings.Split(rest, "/")
	for n, text := range texts {
		s, err := parseSegment(text)
		if err != nil {
			return "", nil, err
		}
		if s.kind == greedy && n != len(texts)-1 {
			return "", nil, fmt.Errorf("has %q before the end of the path: it must be the last segment", text)
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
		return segment{}, fmt.Errorf("has the segment %q with characters that are not allowed in a path, or have a meaning in a policy", text)
	}
	return segment{text: text}, nil
}

// isPathByte reports whether c may be in a path (pchar in RFC 3986 §3.3) and has no
// meaning for IAM.
func isPathByte(c byte) bool {
	return isAlphanumeric(c) || strings.IndexByte("-._~!&'()+,;=:@%", c) >= 0
}

// shape returns the same text for keys that match the same requests.
func shape(method string, path []segment) string {
	var b strings.Builder
	b.WriteString(method + " ")
	for _, s := range path {
		b.WriteString("/" + [...]string{s.text, "{}", "{+}"}[s.kind])
	}
	return b.String()
}

// resource returns the resource of a policy, with star for each parameter, given its
// place.
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

// glob returns the resource that matches every call of e. It matches other calls too.
func (e *entry) glob() string { return e.resource(func(int) string { return "*" }) }

// calls returns the calls that API Gateway may route to e.
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

// isWithin reports whether f matches every call of e and also others, for different entries that share
// a call. API Gateway then prefers e.
func (e *entry) isWithin(f *entry) bool {
	for n := range min(len(e.path), len(f.path)) {
		switch s := f.path[n]; {
		case s.kind == greedy:
			return true
		case e.path[n].kind == greedy, s.kind == spelledOut && e.path[n] != s:
			return false
		}
	}
	return len(e.path) == len(f.path)
}
