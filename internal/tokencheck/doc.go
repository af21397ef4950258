// Package tokencheck verifies tokens one after the other, as poolguard verify does, and
// reads what poolguard verify and poolguard inspect are asked.
//
// It owns the step from what the operator typed to a policy ([Options]), and from a policy to
// a verifier. It owns the outcome of a token: the verdict of the verifier, and the report
// that explains it, both for the same time. It knows which flag helps with a rejected token
// ([Advisor]), and which texts may be tokens and are not shown. It decides nothing itself,
// and it writes nothing.
package tokencheck
