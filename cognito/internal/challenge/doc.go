// Package challenge reads the WWW-Authenticate field of answers (RFC 9110 §11.6.1), for
// the clients of a user pool.
//
// It owns the syntax of one Bearer challenge (RFC 6750 §3). It writes none: package bearer
// does. It decides nothing: a challenge that is not well-formed has no parameters.
package challenge
