package revocation_test

import (
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// newList returns a list that goes by the issuer's clock.
func newList(t testing.TB, issuer *cognitotest.Issuer, change func(*revocation.ListConfig)) *revocation.List {
	t.Helper()
	config := revocation.ListConfig{Now: issuer.Clock().Now}
	if change != nil {
		change(&config)
	}
	list, err := revocation.NewList(config)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// newVerifier returns a verifier of the issuer's pools that asks check.
func newVerifier(t testing.TB, issuer *cognitotest.Issuer, check revocation.Check) *cognito.Verifier {
	t.Helper()
	config := issuer.Config()
	config.Revoked = check
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// verified returns what the token says.
func verified(t testing.TB, issuer *cognitotest.Issuer, raw string) cognito.Token {
	t.Helper()
	token, err := newVerifier(t, issuer, nil).VerifyEither(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func access(t testing.TB, issuer *cognitotest.Issuer, raw string) *cognito.AccessToken {
	t.Helper()
	token, ok := verified(t, issuer, raw).(*cognito.AccessToken)
	if !ok {
		t.Fatal("not an access token")
	}
	return token
}

// wantCode demands the verdict on raw; "" is a good one.
func wantCode(t testing.TB, verifier *cognito.Verifier, raw string, want cognito.Code) {
	t.Helper()
	if _, err := verifier.VerifyEither(t.Context(), raw); cognito.CodeOf(err) != want {
		t.Errorf("verdict %v, want %q", err, string(want))
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

const day = 24 * time.Hour
