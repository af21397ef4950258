package cognito_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// asked counts the requests for key sets by their addresses.
type asked struct{ addresses []string }

func (a *asked) RoundTrip(r *http.Request) (*http.Response, error) {
	a.addresses = append(a.addresses, r.URL.String())
	return nil, context.DeadlineExceeded
}

// TestKeySetsAreAtTheirAddresses: a FIPS endpoint for the original issuer, and one
// slash after an issuer of one's own.
func TestKeySetsAreAtTheirAddresses(t *testing.T) {
	plain, fips, own := goodPool(), goodPool(), goodPool()
	fips.FIPS, own.Issuer = true, "https://idp.example.com/"
	for name, test := range map[string]struct {
		pool cognito.UserPool
		want string
	}{
		"plain":               {plain, "https://cognito-idp.us-east-1.amazonaws.com/" + poolID + "/.well-known/jwks.json"},
		"FIPS":                {fips, "https://cognito-idp-fips.us-east-1.amazonaws.com/" + poolID + "/.well-known/jwks.json"},
		"issuer of one's own": {own, "https://idp.example.com/.well-known/jwks.json"},
	} {
		transport := &asked{}
		verifier, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{test.pool}, HTTPClient: &http.Client{Transport: transport}})
		if err != nil {
			t.Fatal(err)
		}
		iss := "https://cognito-idp.us-east-1.amazonaws.com/" + poolID
		if test.pool.Issuer != "" {
			iss = test.pool.Issuer
		}
		raw := cognitotest.NewIssuer().Pool().AccessToken(cognitotest.Claim("iss", iss))
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
		if len(transport.addresses) != 1 || transport.addresses[0] != test.want {
			t.Errorf("%s: asked %q, want %s", name, transport.addresses, test.want)
		}
	}
}

// TestUntrustedIssuerIsComparedInWords: the message names three of the trusted ones.
func TestUntrustedIssuerIsComparedInWords(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	config := cognito.Config{}
	for _, id := range []string{"us-east-1_A", "us-east-1_B", "us-east-1_C", "us-east-1_D", "us-east-1_E"} {
		config.UserPools = append(config.UserPools, cognito.UserPool{ID: id, ClientIDs: []string{"a"}})
	}
	config.UserPools[0].Issuer = "https://idp.example.com/us-east-1_A"
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("iss", "x")))
	for _, want := range []string{`"https://idp.example.com/us-east-1_A"`, `an issuer of the user pool "us-east-1_C"`, "or of 2 more"} {
		checkMessage(t, err, cognito.ErrIssuerMismatch, want)
	}
	if strings.Contains(err.Error(), "us-east-1_D") {
		t.Error(err)
	}
}

// TestSourceMustReturnTheKey: no key without an error, or another key, is an outage.
func TestSourceMustReturnTheKey(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	set, err := keyset.Parse(issuer.Pool().JWKS())
	if err != nil {
		t.Fatal(err)
	}
	other, _ := set.Key(issuer.Pool().IDKey().ID())
	for name, held := range map[string]*keyset.Key{"none": nil, "another": other} {
		verifier := newVerifier(t, issuer, func(c *cognito.Config) {
			c.UserPools[0].KeySet = scriptedSource{held: held, replacement: func(context.Context) (*keyset.Key, error) { return nil, nil }}
		})
		raw := issuer.Pool().AccessToken()
		if _, err := verifier.VerifyAccessToken(t.Context(), raw); cognito.CodeOf(err) != cognito.ErrKeysUnavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestZeroTokenSaysSo: a token that came from no verifier describes nothing.
func TestZeroTokenSaysSo(t *testing.T) {
	for _, text := range []string{(&cognito.AccessToken{}).String(), (&cognito.IDToken{}).String()} {
		if text != "no token: nothing was verified" {
			t.Errorf("got %q", text)
		}
	}
}

// An unavailableSource has no key yet.
type unavailableSource struct{ keyset.Source }

func (unavailableSource) Key(context.Context, string) (*keyset.Key, error) {
	return nil, keyset.Unavailable(context.DeadlineExceeded, time.Minute)
}

// TestSourceSaysWhenToAskAgain: the error has the source's time.
func TestSourceSaysWhenToAskAgain(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.UserPools[0].KeySet = unavailableSource{} })
	_, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
	if refusal, ok := errors.AsType[*cognito.Error](err); !ok || refusal.RetryAfter() != time.Minute {
		t.Errorf("got %v", err)
	}
}
