// Package jose reads the compact form of a JSON Web Signature (RFC 7515) and JSON
// Web Keys (RFC 7517), and checks signatures with Go's standard library.
//
// It owns strictness: one spelling of every token, one reading of every JSON
// text. It knows nothing of Cognito, of claims or of time, fetches nothing, and
// never takes a key from a token. Decision record 0002 says why it is here.
package jose
