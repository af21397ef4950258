// Package tokenstore keeps the tokens of people and machines that signed in from the
// terminal.
//
// It owns one file for each profile, which only the owner can read. It lets one process
// at a time change the file. If the operating system has a key ring, the file is encrypted
// with AES-256-GCM, and only the ring has the key. The ring holds a key and not the tokens,
// because the tokens of Cognito are too large for the rings of Windows and macOS. Without
// a ring, the file is not encrypted, and [Kept] says so.
//
// It never talks to a user pool, and never decides whether a token is valid. Its errors
// hold no tokens.
//
// Start with [Open]. [Store.Load] reads the tokens, and [Store.Turn] allows to change
// them.
package tokenstore
