// Package peers puts other people's verifiers behind one function each, set up as
// their documentation shows and asked for the same checks: the signature by RS256
// with the key of the pool's set, iss, exp, token_use and the app client. What a
// library does not do by itself stands beside it here, as its users write it.
//
// It decides nothing about which of them is right, and nothing of it is for use
// outside measurements.
package peers
