// Package interop holds tests that put Poolguard beside other people's
// implementations: their clients against the local user pool, their verifiers on
// the same tokens. It has no code of its own, and is a module of its own, so that
// what those clients need stays out of the product's.
//
// Each client has a test TestClient…, which tells a whole story: signing up and in,
// wrong passwords, tokens, refresh, rotation, revocation, signing out. A step of it
// is a subtest "kind: what"; make test-clients prints them as a table. Those of
// JavaScript are programs in testdata/node, and pages there that Chromium opens.
package interop
