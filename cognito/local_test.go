package cognito_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestLocalPoolIDNeedsAnIssuer: an ID that is not of Amazon's form never becomes a part of
// an address.
func TestLocalPoolIDNeedsAnIssuer(t *testing.T) {
	const id = "local_5aHxzLfB"
	for name, test := range map[string]struct {
		pool cognito.UserPool
		want []string
	}{
		"with an issuer":    {cognito.UserPool{ID: id, Issuer: "http://localhost:9229/" + id}, nil},
		"without one":       {cognito.UserPool{ID: id}, []string{`UserPools[0].ID "local_5aHxzLfB" is the ID of a local pool, which needs an Issuer`}},
		"of another pool":   {cognito.UserPool{ID: id, Issuer: "http://localhost:9229/local_other"}, []string{"is of another user pool than ID"}},
		"of a pool on AWS":  {cognito.UserPool{ID: id, Issuer: "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbC"}, []string{"is of another user pool than ID"}},
		"not of that form":  {cognito.UserPool{ID: "local_a/b", Issuer: "http://localhost:9229/"}, []string{`UserPools[0].ID "local_a/b" is not of the form`}},
		"another local one": {cognito.UserPool{ID: "us-east-1_AbC", Issuer: "http://localhost:9229/" + id}, []string{"is of another user pool than ID"}},
	} {
		test.pool.ClientIDs = []string{"web"}
		_, err := cognito.New(cognito.Config{UserPools: []cognito.UserPool{test.pool}})
		checkFaults(t, name, err, test.want)
		_, err = cognito.Inspect(t.Context(), "x", cognito.InspectOptions{UserPoolIDs: []string{test.pool.ID}, Issuer: test.pool.Issuer})
		if strings.Contains(strings.Join(test.want, ""), ".ID ") && err == nil {
			t.Errorf("%s: Inspect accepts it", name)
		}
	}
	if _, err := cognito.Issuers(id); err == nil || cognito.UserPoolID("https://cognito-idp.local.amazonaws.com/"+id) != "" {
		t.Error("a local pool has issuers of Amazon's")
	}
}

func TestTokenOfALocalPoolIsVerified(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	const id = "local_5aHxzLfB"
	iss := "http://localhost:9229/" + id
	keys, err := keyset.NewStatic(issuer.Pool().JWKS())
	if err != nil {
		t.Fatal(err)
	}
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.UserPools[0].ID, c.UserPools[0].Issuer, c.UserPools[0].KeySet = id, iss, keys
	})
	token, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(cognitotest.Claim("iss", iss)))
	if err != nil || token.UserPoolID() != id {
		t.Errorf("got %v, %v", token, err)
	}
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, cognito.ErrIssuerMismatch)
}

// TestWarmUpOfAHealthyPoolIsSilent: most pools have no key set at their updated issuer.
func TestWarmUpOfAHealthyPoolIsSilent(t *testing.T) {
	warm := func(change func(*cognitotest.Pool)) string {
		issuer := cognitotest.NewIssuer()
		var logs bytes.Buffer
		verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.Logger = slog.New(slog.NewTextHandler(&logs, nil)) })
		change(issuer.Pool())
		_ = verifier.WarmUp(t.Context())
		return logs.String()
	}
	if text := warm(func(*cognitotest.Pool) {}); text != "" {
		t.Errorf("logged %s", text)
	}
	// An outage is none, at either of the issuers, nor is an original issuer that is absent.
	if text := warm(func(p *cognitotest.Pool) { p.FailKeySet(http.StatusInternalServerError) }); strings.Count(text, "level=WARN") != 2 {
		t.Errorf("logged %s", text)
	}
	if text := warm(func(p *cognitotest.Pool) { p.FailKeySet(http.StatusForbidden) }); strings.Count(text, "level=WARN") != 1 || !strings.Contains(text, "https://cognito-idp.") {
		t.Errorf("logged %s", text)
	}
}
