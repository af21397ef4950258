// Package inputlines reads standard input line by line: tokens to verify, an authorization
// code, a callback URL that the user pastes.
//
// It owns the limits of a line, the byte order mark, and the wait for a line that a context
// can end. It never looks into a line, and it never writes one to a log or an error.
package inputlines
