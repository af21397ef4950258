package vectortest

import (
	"crypto/fips140"
	"slices"
	"testing"
)

// smallExponents are the vectors with an RSA exponent of 3. FIPS 186-5 (§5.1) demands one over
// 65536, and GODEBUG=fips140=only enforces that. Keys of Cognito have 65537.
var smallExponents = []string{"keys/e-3", "signatures/exponent-3"}

// SkipNotApproved skips a vector whose key the strict FIPS 140-3 mode of Go refuses
// (GODEBUG=fips140=only).
func SkipNotApproved(t *testing.T, id string) {
	t.Helper()
	if fips140.Enforced() && slices.Contains(smallExponents, id) {
		t.Skip("the RSA exponent 3 is not approved, and fips140=only refuses it")
	}
}
