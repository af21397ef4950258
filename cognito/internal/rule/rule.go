package rule

import (
	"context"
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// Validate adds the faults of the fields TokenUse and Require of a rule to faults.
func Validate(faults configerror.Faults, use cognito.TokenUse, require []cognito.Requirement) {
	switch use {
	case "", cognito.TokenUseAccess, cognito.TokenUseID:
	default:
		faults.Add("TokenUse", "is invalid: got %q, want %q or %q", string(use), string(cognito.TokenUseAccess), string(cognito.TokenUseID))
	}
	for n, requirement := range require {
		if err := requirement.Err(); err != nil {
			faults.Add(fmt.Sprintf("Require[%d]", n), "%v", err)
		}
	}
}

// ValidateAllow adds the faults of the field Allow of a rule to faults.
func ValidateAllow(faults configerror.Faults, allow cognito.Allow, use cognito.TokenUse, require []cognito.Requirement) {
	switch allow {
	case cognito.Verified, cognito.Optional:
	case cognito.Anonymous, cognito.Denied:
		if use != "" || len(require) > 0 {
			faults.Add("Allow", "is %s, so no token is checked, but the rule also has TokenUse or Require; remove one of them", allow)
		}
	default:
		faults.Add("Allow", "is invalid: got %d, want one of the constants of cognito.Allow", uint8(allow))
	}
}

// Verify verifies a token of the kind that use names: an access token for "". Its error is a
// [*cognito.Error]. A nil verifier accepts no token.
func Verify(ctx context.Context, verifier *cognito.Verifier, use cognito.TokenUse, raw string, require []cognito.Requirement) (cognito.Token, error) {
	if use == cognito.TokenUseID {
		token, err := verifier.VerifyIDToken(ctx, raw, require...)
		if err != nil { // a nil *IDToken in an interface is not nil
			return nil, err
		}
		return token, nil
	}
	token, err := verifier.VerifyAccessToken(ctx, raw, require...)
	if err != nil {
		return nil, err
	}
	return token, nil
}

// Refusal returns the [*cognito.Error] in err. A [cognito.Code] becomes an error with that code.
// Any other error, and nil, say nothing about the request: they become ErrCheckUnavailable. noun
// is the word for the request in messages, such as "call".
func Refusal(err error, noun string) *cognito.Error {
	var e *cognito.Error
	var code cognito.Code
	switch {
	case errors.As(err, &e):
		if e != nil { // a nil *Error has no cause to ask for
			return e
		}
	case errors.As(err, &code) && code != "":
		return cognito.NewError(code, "the "+noun+" was refused")
	}
	return cognito.NewError(cognito.ErrCheckUnavailable, "the "+noun+" could not be checked; try again")
}
