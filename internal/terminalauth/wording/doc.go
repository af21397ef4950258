// Package wording says what became of a sign-in from the terminal: who is signed in and
// where the tokens are, for people and for programs, and why a sign-in failed.
//
// It owns the sentences of poolguard login, token, whoami, exchange and logout about the
// user pool and the stored tokens. It owns the three kinds of failures that scripts
// distinguish ([Kind]). It shows no token, no code and no secret. It reads and writes nothing: the
// caller prints, and chooses the exit status of a kind.
package wording
