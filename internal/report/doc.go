// Package report shows the outcome of token checks: as text for people, and as JSON for
// programs.
//
// It owns the words, the layout and the JSON fields of poolguard verify and poolguard
// inspect: the verdict, the list of checks, the facts of a token, and its time line.
// It decides nothing: the verdict comes from the verifier in an [Outcome], and the
// explanation from a [github.com/poolguard/poolguard/cognito.Report]. It shows no claim
// as a fact before the signature is verified, and never a token.
package report
