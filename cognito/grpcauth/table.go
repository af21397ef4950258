package grpcauth

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"google.golang.org/grpc"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A table finds the rule for a method. It is immutable.
type table struct {
	methods  map[string]*policy // by full name
	services map[string]*policy // by name, without slashes
	all      *policy            // nil where no rule is for all
	patterns []pattern
}

// A pattern is one name in a rule, as it was written.
type pattern struct{ field, text string }

const everything = "*"

// newTable reports what is wrong with the rules, names that are there twice too.
func newTable(faults configerror.Faults, rules []Rule, common []cognito.Requirement) table {
	t := table{methods: map[string]*policy{}, services: map[string]*policy{}}
	first := map[string]string{} // where a name was seen
	for n := range rules {
		rule := &rules[n]
		at := faults.At(fmt.Sprintf("Rules[%d]", n))
		rule.validate(at)
		p := rule.policy(common)
		for m, text := range rule.Methods {
			field := fmt.Sprintf("Methods[%d]", m)
			if before, ok := first[text]; ok {
				at.Add(field, "repeats %q of %s", text, before)
				continue
			}
			first[text] = fmt.Sprintf("Rules[%d].%s", n, field)
			if !t.add(text, p) {
				at.Add(field, `is %q, which is none of "/package.Service/Method", "/package.Service/*" and "*"`, text)
			}
			t.patterns = append(t.patterns, pattern{fmt.Sprintf("Rules[%d].%s", n, field), text})
		}
	}
	return t
}

func (t *table) add(text string, p *policy) bool {
	service, method, ok := split(text)
	switch {
	case text == everything:
		t.all = p
	case !ok || !isName(service) || (method != everything && !isName(method)):
		return false
	case method == everything:
		t.services[service] = p
	default:
		t.methods[text] = p
	}
	return true
}

// split takes the full name of a method apart as grpc-go does, at the last slash.
// What does not begin with a slash, or has nothing before or after the last one, is no
// name.
func split(full string) (service, method string, ok bool) {
	last := strings.LastIndexByte(full, '/')
	if last <= 1 || full[0] != '/' || last == len(full)-1 {
		return "", "", false
	}
	return full[1:last], full[last+1:], true
}

// isName reports whether s may be the name of a service or method in a rule. Those of
// protobuf have less; a star or a space is a mistake.
func isName(s string) bool {
	for n := range len(s) {
		if c := s[n]; c <= ' ' || c > '~' || c == '*' {
			return false
		}
	}
	return s != "" && s[0] != '/' && s[len(s)-1] != '/'
}

// find returns the policy for a method and the pattern that found it, nil where there
// is none.
//
// A name without its slash in front is refused, rather than left to the rule for all:
// servers have taken it for that with the slash, whose rule may ask for more
// (CVE-2026-33186).
func (t *table) find(full string) (p *policy, by string) {
	service, _, ok := split(full)
	if !ok {
		return nil, ""
	}
	if p := t.methods[full]; p != nil {
		return p, full
	}
	if p := t.services[service]; p != nil {
		return p, "/" + service + "/*"
	}
	return t.all, everything
}

// Check compares the rules with the methods of a server, which are those that
// [grpc.Server.GetServiceInfo] returns once all services are registered. The error
// joins what it found: rules that name no method of the server, rules for all methods
// of a service, or all methods, of which each has a closer rule, and methods that no
// rule names, which are refused. Call it when the program starts. A "*" beside which
// every registered method has a rule is in order where the server has a handler for
// unknown services, which nothing shows: leave its error out then, or the rule.
func (i *Interceptor) Check(services map[string]grpc.ServiceInfo) error {
	if i == nil {
		return errors.New("grpcauth: a nil *Interceptor lets nobody in")
	}
	used := map[string]bool{}
	var errs []error
	for _, service := range slices.Sorted(maps.Keys(services)) {
		for _, method := range services[service].Methods {
			full := "/" + service + "/" + method.Name
			p, by := i.table.find(full)
			if p == nil {
				errs = append(errs, fmt.Errorf("grpcauth: no rule names the method %s, which nobody can call", full))
				continue
			}
			used[by] = true
		}
	}
	for _, p := range i.table.patterns {
		if !used[p.text] {
			errs = append(errs, &ConfigError{Package: "grpcauth", Field: "Config." + p.field, Reason: fmt.Sprintf("is %q, and decides about no method of the server", p.text)})
		}
	}
	return errors.Join(errs...)
}
