// Package demo is the walk of `poolguard demo`: a local user pool and a small API
// that the library protects, a person who signs in through the pool's real
// endpoints, and what the API answers to a good token and to bad ones.
//
// It owns the demo's two servers, the script of the walk, the app that people may
// sign in to afterwards, and how all of it is shown. What it prints comes from
// what happened: every step asks over HTTP, as a client would, and compares the
// answer with what it should be. [Run] fails where one differs.
//
// It never decides about a token and never makes one: that is for the packages
// cognito and userpool. It is for loopback addresses; nothing in it is meant to be
// reachable from elsewhere.
package demo
