// Package introspect answers whether an access token is active (RFC 7662), for services
// that cannot verify tokens themselves.
//
// It owns the address of these questions, the authentication of the clients that ask, and
// the form of the answers. It verifies no token; that is package cognito. An inactive token
// has no reason in its answer, so a client learns nothing about a token that is not meant
// for it.
package introspect
