package revocation_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito/revocation"
)

func TestNilErrorsHaveATextAndNoDetails(t *testing.T) {
	var unavailable *revocation.UnavailableError
	if unavailable.Error() == "" || unavailable.Unwrap() != nil || unavailable.Status() != 0 {
		t.Errorf("a nil *UnavailableError: %q, %v, %d", unavailable.Error(), unavailable.Unwrap(), unavailable.Status())
	}
	var entry *revocation.EntryError
	if entry.Error() == "" {
		t.Error("a nil *EntryError has no text")
	}
}
