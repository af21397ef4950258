package cognito_test

import (
	"errors"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestVerifierThatNewDidNotMake: it refuses every token by its code and is never ready.
func TestVerifierThatNewDidNotMake(t *testing.T) {
	raw := cognitotest.NewIssuer().Pool().AccessToken()
	for name, verifier := range map[string]*cognito.Verifier{"nil": nil, "zero": {}} {
		for _, use := range []cognito.TokenUse{cognito.TokenUseAccess, cognito.TokenUseID, ""} {
			checkVerdict(t, verifier, raw, use, cognito.ErrAccessDenied)
		}
		if err := verifier.WarmUp(t.Context()); !errors.Is(err, cognito.ErrAccessDenied) {
			t.Errorf("%s: WarmUp: %v", name, err)
		}
		report := verifier.Inspect(t.Context(), raw, "")
		if err := report.Err(); !errors.Is(err, cognito.ErrAccessDenied) || report.Decoded() || len(report.Checks) != 19 {
			t.Errorf("%s: Inspect: %v, %v", name, err, report.Checks)
		}
	}
}

// TestKeySetThatIsANilPointer: the error of a constructor was not looked at.
func TestKeySetThatIsANilPointer(t *testing.T) {
	for _, source := range []keyset.Source{(*keyset.Static)(nil), (*keyset.File)(nil), (*keyset.Remote)(nil)} {
		config := cognitotest.NewIssuer().Config()
		config.UserPools[0].KeySet = source
		_, err := cognito.New(config)
		fault, ok := errors.AsType[*cognito.ConfigError](err)
		if !ok || fault.Field != "Config.UserPools[0].KeySet" {
			t.Errorf("%T: %v", source, err)
		}
	}
}
