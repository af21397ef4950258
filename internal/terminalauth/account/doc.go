// Package account is a profile at its user pool: signing in from the terminal, keeping
// the tokens fresh, and signing out.
//
// It owns when tokens are renewed, whose turn it is to do so, and that tokens go only
// where they came from. Package oauth talks to the pool and verifies what it answers,
// package tokenstore keeps it. It opens no browser, listens nowhere, and writes
// nothing for people to read.
//
// Start with [New]; then [Account.Begin] and [Account.Finish] for people, or
// [Account.SignInMachine], and [Account.Fresh] from then on.
package account
