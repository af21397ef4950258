// Package account signs a profile in at its user pool from the terminal, keeps the tokens
// fresh, and signs out.
//
// It decides when tokens are renewed, and which of several processes renews them. It
// sends tokens only to the user pool that issued them. Package oauth sends the requests
// and verifies the tokens in the answers; package tokenstore keeps the tokens. This
// package opens no browser, listens on no port, and prints nothing.
//
// Start with [New]. A person signs in with [Account.Begin] and [Account.Finish], a
// machine with [Account.SignInMachine]. After that, [Account.Fresh] returns tokens.
package account
