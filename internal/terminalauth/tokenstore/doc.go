// Package tokenstore keeps the tokens of people and machines who signed in from the
// terminal.
//
// It owns one file for each profile, which only its owner can read, and the turn to
// change it. If the operating system has a key ring, the file is encrypted (AES-256-GCM)
// with a key that only the ring has. The tokens themselves are too large for the rings of
// Windows and macOS, and a key always fits. Without a key ring the tokens are in the file
// in plain text, and [Kept] says so.
//
// The package never talks to a user pool, and never decides whether a token is good. Its
// errors have no token in them.
//
// Start with [Open], then [Store.Turn] to change the tokens, or [Store.Load] to read
// them.
package tokenstore
