// Package controls is the interface of a user pool server for tests, under /_local/. It
// moves the clock, rotates and withdraws signing keys, makes endpoints fail and mints bad
// tokens. Cognito has no such interface.
//
// It rejects web pages: a browser must ask before a page may send JSON to another origin,
// and the answer is no. It answers only under loopback hosts and the host of the public
// URL, because a page can make another name its own (DNS rebinding, mDNS). It rejects no
// other client: every client that reaches it controls the server. Start at [New].
package controls
