// Package controls is what tests command a user pool server with, under /_local/:
// the clock, the signing keys, faults of its endpoints, and bad tokens. Cognito has
// nothing of the kind.
//
// It protects itself from web pages (they cannot send JSON here without asking
// first, and are not answered) and from nobody else: whoever reaches it commands
// the server. Start at [New].
package controls
