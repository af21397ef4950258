// Package credential finds the one token of a request, for the packages bearer and lambdaauth:
// both offer the same sources under the same names.
//
// It owns the places in which a token may be and the rule that only one of them may be used. A
// browser sends a cookie with every request, also with those that another site caused, so the
// package also owns the check where a request with a cookie comes from. It never verifies a token
// and writes no answer.
package credential
