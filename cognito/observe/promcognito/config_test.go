package promcognito_test

import (
	"errors"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
)

func TestFaultsAreConfigErrors(t *testing.T) {
	_, err := promcognito.New(promcognito.Config{UserPoolLabels: -1, NativeBucketFactor: 0.5})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Fatalf("got %v, want two faults", err)
	}
	for n, field := range []string{"Config.UserPoolLabels", "Config.NativeBucketFactor"} {
		var fault *cognito.ConfigError
		if err := joined.Unwrap()[n]; !errors.As(err, &fault) || fault.Package != "promcognito" || fault.Field != field {
			t.Errorf("got %v, want a fault of %s", err, field)
		}
	}
}
