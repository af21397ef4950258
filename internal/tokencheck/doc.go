// Package tokencheck verifies tokens one after the other, as poolguard verify does.
//
// It owns the step from a policy of the command line to a verifier, and from a token to an
// outcome: the verdict of the verifier, and the report that explains it, both for the same
// time. It decides nothing itself, and it writes nothing.
package tokencheck
