// Package signin signs people in to net/http programs with a Cognito user pool, and keeps
// their sessions on the server.
//
// It owns the sessions: the cookie, the record in a [Store], its limits. The exchange with
// the user pool belongs to package oauth, and package cognito decides whether a token is
// good. The browser never gets a token.
//
// # Stores
//
// A cookie holds a random ID of 256 bits. The store has the record under SHA-256 of the
// ID, encrypted with AES-256-GCM under a key that is derived from a key of the server and
// the ID. A copy of the store together with the keys of the server opens no record. A
// [MemoryStore] is for one process. Package storetest has the tests that every store must
// pass.
package signin
