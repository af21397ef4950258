package lambdaauth_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

func TestUnauthorizedErrorWithoutACauseWrapsNothing(t *testing.T) {
	for _, e := range []*lambdaauth.UnauthorizedError{nil, {}} {
		if cause := e.Unwrap(); e.Error() != "Unauthorized" || cause != nil {
			t.Errorf("%q, %v", e.Error(), cause)
		}
	}
}
