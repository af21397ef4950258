// Package keysource reads the key set that the operator names on the command line: an
// address, or a file.
//
// It owns the difference between the two, the words for their faults, and the fetch of a
// key set as text, to be shown. It never decides which key is usable, and it never verifies
// a token: both are in [github.com/poolguard/poolguard/cognito/keyset] and above.
package keysource
