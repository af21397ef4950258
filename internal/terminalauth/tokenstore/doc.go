// Package tokenstore keeps the tokens of people and machines who signed in from the
// terminal.
//
// It owns one file for each profile, which nobody but its owner can read, and whose
// turn it is to change it. Where the operating system has a key ring the file is
// encrypted (AES-256-GCM) with a key that only the ring has; a key always fits into a
// ring, while Windows and macOS have no room for a set of Cognito's tokens. Where
// there is none the tokens are in the file as they are, and [Kept] says so.
//
// It never talks to a user pool, and never decides whether a token is good. No error
// of it holds one.
//
// Start with [Open], then [Store.Turn] to change what is kept, or [Store.Load] to
// read it.
package tokenstore
