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

// newTable reads the rules and adds their faults to faults, also repeated names.
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
				at.Add(field, `is invalid: got %q, want "/package.Service/Method", "/package.Service/*" or "*", with names of protobuf: letters, digits and underscores`, text)
			}
			t.patterns = append(t.patterns, pattern{fmt.Sprintf("Rules[%d].%s", n, field), text})
		}
	}
	return t
}

func (t *table) add(text string, p *policy) bool {
	if text == everything {
		t.all = p
		return true
	}
	service, method, ok := split(text)
	switch {
	case !ok || !isService(service) || (method != everything && !isName(method)):
		return false
	case method == everything:
		t.services[service] = p
	default:
		t.methods[text] = p
	}
	return true
}

// split splits the full name of a method at the last slash, as grpc-go does. ok is false
// if the name does not begin with a slash, or has nothing before or after the last one.
func split(full string) (service, method string, ok bool) {
	last := strings.LastIndexByte(full, '/')
	if last <= 1 || full[0] != '/' || last == len(full)-1 {
		return "", "", false
	}
	return full[1:last], full[last+1:], true
}

// isService reports whether s can be the full name of a service in protobuf: names with
// dots between them.
// https://protobuf.dev/reference/protobuf/proto3-spec/#identifiers
func isService(s string) bool {
	for name := range strings.SplitSeq(s, ".") {
		if !isName(name) {
			return false
		}
	}
	return true
}

// isName reports whether s can be a name in protobuf, such as that of a method: letters,
// digits and underscores, and no digit in front.
func isName(s string) bool {
	for n := range len(s) {
		switch c := s[n]; {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c >= '0' && c <= '9' && n > 0:
		default:
			return false
		}
	}
	return s != ""
}

// misnamed is the policy for methods whose name is not one of protobuf.
var misnamed = &policy{allow: cognito.Denied}

// find returns the policy for a method and the pattern that matched. p is nil if no rule
// matches.
//
// A name that no method of protobuf has is refused. It does not get the rule for its service
// or for all methods: a handler for unknown services may take it for another name, whose
// rule requires more. It can be a proxy that removes an empty segment, resolves "..", decodes
// an escape or cuts the name off at a question mark. Servers have accepted a name without
// the slash in front for the one with it (CVE-2026-33186).
func (t *table) find(full string) (p *policy, by string) {
	service, method, ok := split(full)
	if !ok || !isService(service) || !isName(method) {
		return misnamed, ""
	}
	if p := t.methods[full]; p != nil {
		return p, full
	}
	if p := t.services[service]; p != nil {
		return p, "/" + service + "/*"
	}
	return t.all, everything
}

// Check compares the rules with the methods of a server. Pass the result of
// [grpc.Server.GetServiceInfo] after all services are registered, when the program
// starts. The error joins all findings:
//
//   - rules that name no method of the server
//   - rules for a service or for all methods that never apply, because each method has a
//     closer rule
//   - methods that are refused, since they have no rule or no name of protobuf
//
// Check cannot see a handler for unknown services. On a server with one, a rule for "*"
// that applies to no registered method is correct: ignore its error, or remove the rule.
func (i *Interceptor) Check(services map[string]grpc.ServiceInfo) error {
	if i == nil {
		return errors.New("grpcauth: the *Interceptor is nil and refuses every call")
	}
	used := map[string]bool{}
	var errs []error
	for _, service := range slices.Sorted(maps.Keys(services)) {
		for _, method := range services[service].Methods {
			full := "/" + service + "/" + method.Name
			p, by := i.table.find(full)
			if p == nil {
				errs = append(errs, fmt.Errorf("grpcauth: no rule names the method %s, so every call is refused; add a rule", full))
				continue
			}
			if p == misnamed {
				errs = append(errs, fmt.Errorf("grpcauth: the method %q has a name that is not one of protobuf, so every call is refused; rename it", full))
				continue
			}
			used[by] = true
		}
	}
	for _, p := range i.table.patterns {
		if !used[p.text] {
			errs = append(errs, &ConfigError{Package: "grpcauth", Field: "Config." + p.field, Reason: fmt.Sprintf("matches no method of the server: got %q; remove it, or register the service", p.text)})
		}
	}
	return errors.Join(errs...)
}
