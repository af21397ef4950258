package cognitotest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestZeroIssuerIsOneOfNewIssuer, whatever is called first.
func TestZeroIssuerIsOneOfNewIssuer(t *testing.T) {
	for name, first := range map[string]func(*cognitotest.Issuer){
		"Pool":       func(i *cognitotest.Issuer) { i.Pool() },
		"AddPool":    func(i *cognitotest.Issuer) { i.AddPool("eu-west-1_Other0001") },
		"Clock":      func(i *cognitotest.Issuer) { i.Clock().Advance(time.Hour) },
		"Config":     func(i *cognitotest.Issuer) { i.Config() },
		"SetAddress": func(i *cognitotest.Issuer) { i.SetAddress("") },
		"Client": func(i *cognitotest.Issuer) {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.com/"+cognitotest.PoolID+"/.well-known/jwks.json", nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := i.Client().Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.StatusCode != http.StatusOK {
				t.Errorf("the key set has status %d", response.StatusCode)
			}
		},
	} {
		var issuer cognitotest.Issuer
		first(&issuer)
		verifier, err := cognito.New(issuer.Config())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if issuer.Pool().ID() != cognitotest.PoolID || issuer.Pool().ClientID() != cognitotest.ClientID {
			t.Errorf("%s: the first pool is %s", name, issuer.Pool().ID())
		}
		if got := verify(t, verifier, issuer.Pool().AccessToken()); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestNilOptionsChangeNothing: neither a nil option nor a nil argument.
func TestNilOptionsChangeNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	for name, option := range map[string]cognitotest.TokenOption{
		"nil": nil, "SignedBy": cognitotest.SignedBy(nil), "SignedWith": cognitotest.SignedWith(nil), "EncodedBy": cognitotest.EncodedBy(nil),
		"WithoutClaim": cognitotest.WithoutClaim(), "WithoutHeader": cognitotest.WithoutHeader(),
	} {
		if got := verify(t, verifier, issuer.Pool().AccessToken(option, nil)); got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, raw := range []string{issuer.Pool().IDToken(nil), issuer.Pool().MachineToken(nil)} {
		if _, err := verifier.VerifyEither(t.Context(), raw); err != nil {
			t.Error(err)
		}
	}
	issuer.Pool().ServeKeySet(nil)
	issuer.Pool().SetJWKS(nil)
}
