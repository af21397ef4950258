package configerror_test

import (
	"errors"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

func TestNoFaultIsNoError(t *testing.T) {
	faults := configerror.In("cognito", "Config")
	faults.Adopt("KeySetPolicy", nil)
	if err := faults.At("UserPools[0]").Err(); err != nil {
		t.Errorf("no fault was added, yet Err returned %v", err)
	}
}

func TestFaultNamesPackageFieldAndReason(t *testing.T) {
	faults := configerror.In("cognito", "Config")
	faults.At("UserPools[0]").Add("ID", "is %q", "x")
	var fault *configerror.ConfigError
	if !errors.As(faults.Err(), &fault) || *fault != (configerror.ConfigError{Package: "cognito", Field: "Config.UserPools[0].ID", Reason: `is "x"`}) {
		t.Errorf("got %+v", fault)
	}
}

func TestNilConfigErrorHasAText(t *testing.T) {
	var none *configerror.ConfigError
	if none.Error() == "" {
		t.Error("a nil *ConfigError has no text")
	}
}
