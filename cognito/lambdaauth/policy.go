package lambdaauth

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// MaxPolicyBytes is the size of the largest policy that is answered. API Gateway
// takes no larger result of an authorizer:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
const MaxPolicyBytes = 8 << 10

// maxResource is the length of the longest resource that API Gateway takes:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
const maxResource = 512

// A policy is what a token may call, the resources without the stage's part.
type policy struct{ allow, deny []string }

// policyFor writes the calls of the allowed entries as a policy, given all entries
// that there are.
//
// IAM's * matches slashes, and nothing at all: the resource for /orders/{id} matches
// /orders/1/refunds and /orders/ as well. Some of that is taken back: what has more
// slashes than the key or an empty parameter, unless an allowed key needs it; then,
// each key that is not allowed and could be reached all the same. Taking back may go
// too far, which refuses; it is never left out for that.
func policyFor(allowed, all []*entry) policy {
	var p policy
	add := func(list *[]string, resource string) {
		if !slices.Contains(*list, resource) {
			*list = append(*list, resource)
		}
	}
	var open []reach // what stays within reach of an allowed entry's resource
	for _, e := range allowed {
		add(&p.allow, e.glob())
		open = append(open, reach{e, e.calls()})
		for _, resources := range e.excess() {
			for n, resource := range resources {
				excess := globOf(resource)
				if !slices.ContainsFunc(allowed, func(other *entry) bool { return excess.meets(other.calls()) }) {
					add(&p.deny, resource)
					break
				}
				if n == 0 {
					open = append(open, reach{nil, excess})
				}
			}
		}
	}
	for _, e := range all {
		if slices.Contains(allowed, e) {
			continue
		}
		// Some of API Gateway's APIs take a slash at the end for none.
		calls, resource := e.calls(), e.glob()
		if within(open, e, calls) {
			add(&p.deny, resource)
		}
		if last := len(e.path) - 1; last >= 0 && e.path[last].kind != greedy && within(open, e, append(calls, piece{c: '/'})) {
			add(&p.deny, resource+"/")
		}
	}
	return p
}

// A reach is a set of calls that a policy allows, of an entry or beside it (nil).
type reach struct {
	of    *entry
	calls pattern
}

// within reports whether some of the calls of e are in reach. Those of an entry that
// API Gateway prefers to e are not e's.
func within(open []reach, e *entry, calls pattern) bool {
	return slices.ContainsFunc(open, func(r reach) bool {
		return (r.of == nil || !r.of.isWithin(e)) && r.calls.meets(calls)
	})
}

// excess returns resources for what the entry's resource matches beside its calls:
// those with a slash in a parameter, and those with an empty one. Behind each are
// others for parts of it, to take back where it is needed itself.
func (e *entry) excess() [][]string {
	var list [][]string
	for n, s := range e.path {
		with := func(text string) string {
			return e.resource(func(other int) string {
				if other == n {
					return text
				}
				return "*"
			})
		}
		if s.kind == parameter {
			list = append(list, []string{with("*/*"), with("*/*/*"), with("*/*/*/*")})
		}
		if s.kind != spelledOut {
			list = append(list, []string{with("")})
		}
	}
	return list
}

// allows reports what API Gateway will make of a call: an explicit deny wins, and what
// is not allowed is denied.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (p policy) allows(call string) bool {
	exact := exactly(call)
	matches := func(resource string) bool { return globOf(resource).meets(exact) }
	return slices.ContainsFunc(p.allow, matches) && !slices.ContainsFunc(p.deny, matches)
}

// exactPolicy allows one call, where that can be said: one with a wildcard would be
// read as many. IAM has a way to escape those (${*}), of which nobody says that API
// Gateway knows it.
func exactPolicy(arn methodARN) (policy, bool) {
	if !isPlain(arn.call) || len(arn.stage)+len(arn.call) > maxResource {
		return policy{}, false
	}
	return policy{allow: []string{arn.call}}, true
}

// isPlain reports whether IAM reads the call as it stands: without * and ?, and the $
// that begins a policy variable. That of $connect does not, as no brace follows.
func isPlain(call string) bool { return !strings.ContainsAny(strings.TrimPrefix(call, "$"), "*?$") }

// fits reports whether API Gateway takes the policy.
func (p policy) fits(arn methodARN) bool {
	for _, list := range [][]string{p.allow, p.deny} {
		for _, resource := range list {
			if len(arn.stage)+len(resource) > maxResource {
				return false
			}
		}
	}
	text, err := json.Marshal(p.document(arn))
	return err == nil && len(text) <= MaxPolicyBytes
}

// document writes the policy. One that allows nothing denies everything: an empty
// list is no policy.
func (p policy) document(arn methodARN) events.APIGatewayCustomAuthorizerPolicy {
	statement := func(effect string, resources []string) events.IAMPolicyStatement {
		full := make([]string, len(resources))
		for n, resource := range resources {
			full[n] = arn.stage + resource
		}
		return events.IAMPolicyStatement{Action: []string{"execute-api:Invoke"}, Effect: effect, Resource: full}
	}
	doc := events.APIGatewayCustomAuthorizerPolicy{Version: "2012-10-17"}
	if len(p.allow) == 0 {
		doc.Statement = append(doc.Statement, statement("Deny", []string{"*"}))
		return doc
	}
	doc.Statement = append(doc.Statement, statement("Allow", p.allow))
	if len(p.deny) > 0 {
		doc.Statement = append(doc.Statement, statement("Deny", p.deny))
	}
	return doc
}
