// Package bench has the programs that put Poolguard and its local pool beside other people's programs:
//
//   - verify measures how long each takes for the same tokens, in one run
//     (make bench-verify);
//   - strict shows which of our test vectors each takes for good or bad (make bench-strict);
//   - userpool measures sign-ins at the local user pool beside the signatures that they
//     must make, and beside cognito-local (make bench-userpool).
//
// It is a module of its own so that what the peers require never shows up among the
// requirements of the library or the product. Nothing here is part of a release.
package bench
