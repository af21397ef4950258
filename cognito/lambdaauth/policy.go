package lambdaauth

import (
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// maxResource is the length of the longest resource, the limit of API Gateway:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
const maxResource = 512

// A policy has the calls that a token may make, as resources without the stage's part.
type policy struct{ allow, deny []string }

// wholeStage allows every call of the stage. It is for authorizers without routes: Config.Require
// decides about all calls alike, so the policy is right for every call that API Gateway uses it for.
var wholeStage = policy{allow: []string{"*"}}

// policyFor returns a policy that allows the calls of the allowed entries, out of all
// entries.
//
// IAM's * matches slashes and also the empty text: the resource for /orders/{id} matches
// /orders/1/refunds and /orders/ too. The policy denies a part of that: calls with more
// slashes than the key or with an empty parameter, unless an allowed key needs them, and
// each key that is not allowed but would be matched. A Deny may refuse too much. It is
// never left out to avoid that.
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

// A reach is a set of calls that a policy allows. of is the entry of the calls, or nil.
type reach struct {
	of    *entry
	calls pattern
}

// within reports whether the open sets contain some calls of e. Calls of an entry that
// API Gateway prefers to e do not count.
func within(open []reach, e *entry, calls pattern) bool {
	return slices.ContainsFunc(open, func(r reach) bool {
		return r.calls.meets(calls) && (r.of == nil || !r.of.isWithin(e))
	})
}

// excess returns resources for the calls that the entry's resource matches beside its
// own: those with a slash in a parameter, and those with an empty one. Each is followed
// by narrower ones, for the case that an allowed entry needs it.
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

// allows reports whether API Gateway allows a call by the policy. An explicit Deny wins,
// and other calls are denied unless allowed.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
func (p policy) allows(call string) bool {
	exact := exactly(call)
	matches := func(resource string) bool { return globOf(resource).meets(exact) }
	return slices.ContainsFunc(p.allow, matches) && !slices.ContainsFunc(p.deny, matches)
}

// exactPolicy allows one call. ok is false for a call with a wildcard, since IAM would
// match other calls too. IAM can escape wildcards (${*}), but no document says that API
// Gateway supports it.
func exactPolicy(arn methodARN) (policy, bool) {
	if !isPlain(arn.call) || len(arn.stage)+len(arn.call) > maxResource {
		return policy{}, false
	}
	return policy{allow: []string{arn.call}}, true
}

// isPlain reports whether IAM reads the call literally: it has no *, no ?, and no $ that
// could begin a policy variable. The $ of $connect does not, since no brace follows it.
func isPlain(call string) bool { return !strings.ContainsAny(strings.TrimPrefix(call, "$"), "*?$") }

// longest returns the length of the longest resource. API Gateway accepts [maxResource].
func (p policy) longest(arn methodARN) int {
	longest := 0
	for _, list := range [][]string{p.allow, p.deny} {
		for _, resource := range list {
			longest = max(longest, len(arn.stage)+len(resource))
		}
	}
	return longest
}

// document returns the policy as JSON. A policy that allows nothing denies everything,
// since an empty list is not a valid policy.
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
