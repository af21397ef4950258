package cognito_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

func TestAllowIsWrittenAsInConfigurationFiles(t *testing.T) {
	var zero cognito.Allow
	if zero != cognito.Verified {
		t.Errorf("the zero Allow is %v, want verified", zero)
	}
	for allow, want := range map[cognito.Allow]string{
		cognito.Verified: "verified", cognito.Optional: "optional", cognito.Anonymous: "anonymous", cognito.Denied: "denied", 9: "Allow(9)",
	} {
		if got := allow.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
