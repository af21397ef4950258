package configerror_test

import (
	"errors"
	"fmt"
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

func TestAdoptKeepsEveryError(t *testing.T) {
	fault := &configerror.ConfigError{Package: "keyset", Field: "Policy.MaxAge", Reason: "is negative"}
	whole := &configerror.ConfigError{Package: "keyset", Field: "Policy", Reason: "is empty"}
	plain := errors.New("disk full")
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"one ConfigError":       {fault, "cognito: Config.P.MaxAge is negative"},
		"a wrapped ConfigError": {fmt.Errorf("policy: %w", fault), "cognito: Config.P.MaxAge is negative"},
		"of the value itself":   {whole, "cognito: Config.P is empty"},
		"a plain error":         {plain, "cognito: Config.P is invalid: disk full"},
		"a nil *ConfigError":    {(*configerror.ConfigError)(nil), "cognito: Config.P is invalid: no error (a nil *ConfigError)"},
		"joined":                {errors.Join(fault, plain), "cognito: Config.P.MaxAge is negative\ncognito: Config.P is invalid: disk full"},
		"joined twice":          {errors.Join(errors.Join(fault, whole), plain), "cognito: Config.P.MaxAge is negative\ncognito: Config.P is empty\ncognito: Config.P is invalid: disk full"},
		"wrapped and joined":    {fmt.Errorf("policy: %w", errors.Join(fault, whole)), "cognito: Config.P.MaxAge is negative\ncognito: Config.P is empty"},
	} {
		faults := configerror.In("cognito", "Config")
		faults.Adopt("P", test.err)
		if err := faults.Err(); err == nil || err.Error() != test.want {
			t.Errorf("%s: got %v, want %s", name, err, test.want)
		}
	}
}
