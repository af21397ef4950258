package alb_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestUnsignedHeadersAreComparedWithTheIdentity, by programs that have no http.Request.
func TestUnsignedHeadersAreComparedWithTheIdentity(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	second := issuer.AddPool("eu-west-1_Second001")
	config := issuer.Config()
	config.UserPools[0].ClientIDs = append(config.UserPools[0].ClientIDs, "other")
	tokens, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	balancer := pool.LoadBalancer("web")
	verifier, err := alb.New(balancer.Config())
	if err != nil {
		t.Fatal(err)
	}
	identity := expect(t, verifier, balancer.Data(), "")
	var none *alb.Identity
	for name, test := range map[string]struct {
		identity *alb.Identity
		subject  string
		good     bool
	}{
		"same":                {identity, cognitotest.Subject, true},
		"another":             {identity, "other", false},
		"empty":               {identity, "", false},
		"no identity":         {none, "", false},
		"zero identity":       {new(alb.Identity), "", false},
		"zero, for a subject": {new(alb.Identity), cognitotest.Subject, false},
	} {
		if err := test.identity.CheckSubject(test.subject); (err == nil) != test.good || err != nil && cognito.CodeOf(err) != cognito.ErrRequestInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, test := range map[string]struct {
		identity *alb.Identity
		token    string // "" for a nil token
		good     bool
	}{
		"same":           {identity, pool.AccessToken(), true},
		"another user":   {identity, pool.AccessToken(cognitotest.ForSubject("other")), false},
		"another client": {identity, pool.AccessToken(cognitotest.ForClient("other")), false},
		"another pool":   {identity, second.AccessToken(), false},
		"no token":       {identity, "", false},
		"nothing":        {none, "", false},
		"no identity":    {none, pool.AccessToken(), false},
	} {
		var access *cognito.AccessToken
		if test.token != "" {
			if access, err = tokens.VerifyAccessToken(t.Context(), test.token); err != nil {
				t.Fatal(err)
			}
		}
		if err := test.identity.CheckAccessToken(access); (err == nil) != test.good || err != nil && cognito.CodeOf(err) != cognito.ErrRequestInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
