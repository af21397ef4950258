// Package callback waits, on this machine only, for the request that a browser sends
// after a sign-in: http://localhost:8976/callback.
//
// It owns the listener, the check that a request is a browser's callback, and the page
// of the answer. It passes the address on and never reads its content: the caller
// decides whose sign-in it is, and whether it succeeds. It logs nothing and shows no part
// of the address. RFC 8252 §7.3 and §8.3 describe such listeners. Cognito compares the
// port, so the port is fixed.
package callback
