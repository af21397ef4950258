// Package cases tests the rules of a configuration file: it decides about the requests of
// a file of cases and compares the decisions with those that the file expects.
//
// It owns the keys of that file, and tokens for the cases. It signs them with a key of its
// own and lets the rules trust that key alone, so a test needs no network and no token of a
// user. The rules and the verification are those of the running gateway.
package cases
