// Package callback waits, on this machine alone, for the browser that comes back from
// a sign-in: http://localhost:8976/callback.
//
// It owns the listener, which of its requests are a browser's that comes back, and the
// page that is answered. It hands the address on and never looks into it: whose
// sign-in it is, and what comes of it, its caller says. It logs nothing and shows
// nothing of the address. (RFC 8252 §7.3 and §8.3 are about such listeners; Cognito
// compares the port, so that it cannot be any free one.)
package callback
