// Package keylist shows the keys of a key set: every key in a table, with the reason why
// a key cannot be used, and the usable keys as a JWK Set (RFC 7517) or as PEM.
//
// It never decides which key is usable: that is
// [github.com/poolguard/poolguard/cognito/keyset.Parse]. It fetches nothing and reads no
// file.
package keylist
