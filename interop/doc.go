// Package interop holds tests that put Poolguard beside other people's
// implementations: their clients against the local user pool, their verifiers on
// the same tokens. It has no code of its own.
package interop
