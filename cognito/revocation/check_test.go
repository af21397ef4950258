package revocation_test

import (
	"context"
	"errors"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

func TestAny(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	asked := 0
	says := func(revoked bool, err error) revocation.Check {
		return func(_ context.Context, token cognito.Token, text cognito.Raw) (bool, error) {
			asked++
			if token == nil || string(text) != raw {
				t.Error("asked about another token")
			}
			return revoked, err
		}
	}
	no, yes, broken := says(false, nil), says(true, nil), says(false, errors.New("broken"))
	denied := says(false, cognito.NewError(cognito.ErrAccessDenied, "never"))
	for name, test := range map[string]struct {
		checks []revocation.Check
		want   cognito.Code
		asked  int
	}{
		"all say no":      {[]revocation.Check{no, no}, "", 2},
		"the first":       {[]revocation.Check{yes, broken}, cognito.ErrTokenRevoked, 1},
		"the last":        {[]revocation.Check{no, yes}, cognito.ErrTokenRevoked, 2},
		"after a fault":   {[]revocation.Check{broken, yes}, cognito.ErrTokenRevoked, 2},
		"a fault":         {[]revocation.Check{broken, no}, cognito.ErrCheckUnavailable, 2},
		"a refusal":       {[]revocation.Check{no, denied}, cognito.ErrAccessDenied, 2},
		"none":            {nil, cognito.ErrCheckUnavailable, 0},
		"nil":             {[]revocation.Check{no, nil}, cognito.ErrCheckUnavailable, 1},
		"true with fault": {[]revocation.Check{says(true, errors.New("broken"))}, cognito.ErrCheckUnavailable, 1},
	} {
		asked = 0
		wantCode(t, newVerifier(t, issuer, revocation.Any(test.checks...)), raw, test.want)
		if asked != test.asked {
			t.Errorf("%s: asked %d times", name, asked)
		}
	}
}

// TestCheckAskedOnHits: the verifier asks about tokens that it knows.
func TestCheckAskedOnHits(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	asked := 0
	verifier := newVerifier(t, issuer, func(context.Context, cognito.Token, cognito.Raw) (bool, error) { asked++; return asked > 2, nil })
	raw := issuer.Pool().AccessToken()
	wantCode(t, verifier, raw, "")
	wantCode(t, verifier, raw, "")
	wantCode(t, verifier, raw, cognito.ErrTokenRevoked)
	wantCode(t, verifier, issuer.Pool().AccessToken(cognitotest.Expired()), cognito.ErrTokenExpired)
	if asked != 3 {
		t.Errorf("asked %d times", asked)
	}
}

// TestErrorsOfChecks: what a check finds out about the token for good stands as it is;
// all else is that it could not be found out.
func TestErrorsOfChecks(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	own := cognito.NewError(cognito.ErrScopeMissing, "needs a scope")
	for _, test := range []struct {
		err  error
		want cognito.Code
	}{
		{own, cognito.ErrScopeMissing},
		{errors.Join(errors.New("first"), own), cognito.ErrScopeMissing},
		{(*cognito.Error)(nil), cognito.ErrCheckUnavailable},
		{errors.New("any"), cognito.ErrCheckUnavailable},
		{context.DeadlineExceeded, cognito.ErrCheckUnavailable},
	} {
		wantCode(t, newVerifier(t, issuer, func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return false, test.err }),
			issuer.Pool().AccessToken(), test.want)
	}
}
