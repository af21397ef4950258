package revocation_test

import (
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/revocation"
)

func TestNilErrorsHaveATextAndNoDetails(t *testing.T) {
	var unavailable *revocation.UnavailableError
	if unavailable.Error() == "" || unavailable.Unwrap() != nil || unavailable.Status() != 0 || unavailable.RetryAfter() != time.Second {
		t.Errorf("a nil *UnavailableError: %q, %v, %d, %v", unavailable.Error(), unavailable.Unwrap(), unavailable.Status(), unavailable.RetryAfter())
	}
	var entry *revocation.EntryError
	if entry.Error() == "" {
		t.Error("a nil *EntryError has no text")
	}
}
