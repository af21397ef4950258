// Package callback receives the browser after a sign-in, at an address of this machine
// such as http://localhost:8976/callback.
//
// It owns the listener, which accepts connections from this machine only, and the page
// that answers the browser. It decides which requests are callbacks. It passes the address
// on without reading it: the caller decides which sign-in it belongs to and whether it
// succeeds. It logs nothing and shows no part of the address.
//
// RFC 8252, sections 7.3 and 8.3, describes such listeners. Cognito compares the port of
// the callback URL, so the port is a fixed one.
package callback
