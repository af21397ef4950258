// Package interop has tests with implementations of other projects: their clients
// against the local user pool, and their verifiers on the same tokens. It has no other
// code. It is a module of its own, so the requirements of those clients do not become
// requirements of the product.
//
// Each client has a test TestClient…. The test runs a whole story: sign-up, sign-in,
// wrong passwords, tokens, refresh, rotation, revocation, sign-out. A step is a subtest
// with the name "kind: step". The command make test-clients prints the steps as a table.
// Clients in JavaScript are programs in testdata/node, and pages there that Chromium
// opens.
package interop
