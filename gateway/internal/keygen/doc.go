// Package keygen makes secrets for the gateway: keys of sessions and of signed headers,
// and tokens for its administration.
//
// It owns their forms. It stores nothing and never shows a secret again.
package keygen
