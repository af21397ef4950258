// Package demo is the program behind `poolguard demo`. It runs a local user pool and a
// small API, and signs a user in through the pool's real endpoints. It shows the API's
// answers to a good token and to bad ones. Start with [Run].
//
// It owns the two servers, the steps of the walk, the app that users can sign in to
// afterwards, and the layout of its output. Every line of the output comes from a real
// exchange: each step sends HTTP requests as a client does, and compares the answers
// with the expected ones. Run fails where one differs.
//
// It never decides about a token and never makes one: the packages cognito and userpool
// do. It serves on loopback addresses only.
package demo
