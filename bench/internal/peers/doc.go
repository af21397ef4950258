// Package peers has one function for each verifier of another project. Each is set up as
// its documentation shows. All make the same checks: the signature by RS256 with the key of
// the pool's set, iss, exp, token_use and the app client. Where a library leaves a check to
// its users, this package has the check as users write it.
//
// It does not decide which verifier is right. Only measurements use it.
package peers
