package rule_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/rule"
)

func TestEveryFaultOfARuleIsReported(t *testing.T) {
	for _, use := range []cognito.TokenUse{"", cognito.TokenUseAccess, cognito.TokenUseID} {
		faults := configerror.In("p", "Config")
		rule.Validate(faults, use, []cognito.Requirement{cognito.RequireScopes("s")})
		if err := faults.Err(); err != nil {
			t.Errorf("%q: %v", string(use), err)
		}
	}
	faults := configerror.In("p", "Config")
	rule.Validate(faults.At("Rules[1]"), "both", []cognito.Requirement{cognito.RequireScopes("s"), {}})
	joined, ok := faults.Err().(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Fatalf("got %v", faults.Err())
	}
	for n, field := range []string{"Config.Rules[1].TokenUse", "Config.Rules[1].Require[1]"} {
		var fault *cognito.ConfigError
		if !errors.As(joined.Unwrap()[n], &fault) || fault.Field != field {
			t.Errorf("got %v, want the field %s", joined.Unwrap()[n], field)
		}
	}
}

func TestARuleThatChecksNoTokenHasNoRequirements(t *testing.T) {
	require := []cognito.Requirement{cognito.RequireScopes("s")}
	for _, test := range []struct {
		allow   cognito.Allow
		use     cognito.TokenUse
		require []cognito.Requirement
		valid   bool
	}{
		{cognito.Verified, cognito.TokenUseID, require, true},
		{cognito.Optional, cognito.TokenUseID, require, true},
		{cognito.Anonymous, "", nil, true},
		{cognito.Denied, "", nil, true},
		{cognito.Anonymous, cognito.TokenUseID, nil, false},
		{cognito.Denied, "", require, false},
		{9, "", nil, false},
	} {
		faults := configerror.In("p", "Config")
		rule.ValidateAllow(faults, test.allow, test.use, test.require)
		if err := faults.Err(); (err == nil) != test.valid {
			t.Errorf("%s with %q and %d requirements: %v", test.allow, string(test.use), len(test.require), err)
		}
	}
}

// TestARefusedTokenIsNil also compares with nil, as callers do: an interface that holds a nil
// pointer is not nil.
func TestARefusedTokenIsNil(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	access, id := issuer.Pool().AccessToken(), issuer.Pool().IDToken()
	for _, test := range []struct {
		verifier *cognito.Verifier
		use      cognito.TokenUse
		raw      string
		want     cognito.Code
	}{
		{verifier, "", access, ""},
		{verifier, cognito.TokenUseAccess, access, ""},
		{verifier, cognito.TokenUseID, id, ""},
		{verifier, "", id, cognito.ErrTokenUseMismatch},
		{verifier, cognito.TokenUseAccess, id, cognito.ErrTokenUseMismatch},
		{verifier, cognito.TokenUseID, access, cognito.ErrTokenUseMismatch},
		{nil, "", access, cognito.ErrAccessDenied},
	} {
		token, err := rule.Verify(t.Context(), test.verifier, test.use, test.raw, nil)
		if cognito.CodeOf(err) != test.want || (token == nil) != (test.want != "") {
			t.Errorf("use %q: got %T, %v, want %q", string(test.use), token, err, test.want)
		}
	}
}

func TestUnknownErrorsSayNothingAboutTheRequest(t *testing.T) {
	denied := cognito.NewError(cognito.ErrAccessDenied, "no")
	for _, test := range []struct {
		err  error
		want cognito.Code
	}{
		{denied, cognito.ErrAccessDenied},
		{fmt.Errorf("in a check: %w", denied), cognito.ErrAccessDenied},
		{cognito.ErrTokenExpired, cognito.ErrTokenExpired},
		{cognito.Code(""), cognito.ErrCheckUnavailable},
		{(*cognito.Error)(nil), cognito.ErrCheckUnavailable},
		{errors.New("other"), cognito.ErrCheckUnavailable},
		{nil, cognito.ErrCheckUnavailable},
	} {
		if got := rule.Refusal(test.err, "call"); got.Code() != test.want {
			t.Errorf("%v: got %v, want %q", test.err, got, test.want)
		}
	}
}
