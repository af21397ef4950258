package lambdaauth_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

const (
	provider  = "cognito-idp.us-east-1.amazonaws.com/" + cognitotest.PoolID
	signInBy  = provider + ":CognitoSignIn:"
	providers = provider + "," + signInBy + cognitotest.Subject
)

var badProviders = []string{
	"", ",", provider, provider + "," + provider, signInBy + "x", provider + "," + signInBy, provider + ", " + signInBy + "x", "," + signInBy + "x",
	provider + "," + signInBy + "x,", provider + "," + signInBy + "x," + signInBy + "y", provider + "," + signInBy + "x:CognitoSignIn:y", provider + "," + signInBy + "x y",
	"https://" + provider + ",https://" + signInBy + "x", provider + "x," + signInBy + "x", "x" + provider + "," + signInBy + "x",
	strings.ReplaceAll(provider+","+signInBy+"x", "us-east-1.", "us-east-2."), strings.ReplaceAll(provider+","+signInBy+"x", "amazonaws.com", "amazonaws.com.evil.example"),
	strings.ReplaceAll(provider+","+signInBy+"x", cognitotest.PoolID, "us-east-1_"), strings.ReplaceAll(provider+","+signInBy+"x", "/us-", "/../us-"),
	strings.ToUpper(providers), provider + "," + strings.Replace(signInBy, "Cognito", "cognito", 1) + "x", "accounts.google.com,accounts.google.com:OIDC:1", "graph.facebook.com",
	provider + ",issuer-" + signInBy + "x", "issuer-" + provider + "," + signInBy + "x", strings.ReplaceAll(provider+","+signInBy+"x", "cognito-idp", "evil-cognito-idp"),
	"arn:aws:iam::123456789012:oidc-provider/" + provider + ",arn:aws:iam::123456789012:oidc-provider/" + provider + ":OIDC:x", provider + "," + provider + ":OIDC:x",
	provider + ",cognito-idp.us-east-1.amazonaws.com/us-east-1_Other0001:CognitoSignIn:x", provider + "," + signInBy + strings.Repeat("x", 257),
}

func TestParseAuthenticationProvider(t *testing.T) {
	want := lambdaauth.SignIn{UserPoolID: cognitotest.PoolID, Subject: cognitotest.Subject}
	if got, err := lambdaauth.ParseAuthenticationProvider(providers); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := lambdaauth.ParseAuthenticationProvider(strings.ReplaceAll(providers, "cognito-idp", "issuer-cognito-idp")); got != want || err != nil {
		t.Errorf("the updated issuer: %+v, %v", got, err)
	}
	first, second, _ := strings.Cut(providers, ",")
	if got, err := lambdaauth.ParseAMR([]string{"authenticated", first, second}); got != want || err != nil {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range badProviders {
		if got, err := lambdaauth.ParseAuthenticationProvider(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
	longest := strings.Repeat("x", 256)
	if got, err := lambdaauth.ParseAuthenticationProvider(provider + "," + signInBy + longest); err != nil || got.Subject != longest {
		t.Errorf("the longest sub: %+v, %v", got, err)
	}
	for bad, want := range map[string]string{
		provider: "must have the form", provider + "," + provider: "does not name a sign-in", "x," + signInBy + "x": "names two providers",
		provider + "," + signInBy: "invalid sub", "x/y,x/y:CognitoSignIn:x": "is not a user pool",
	} {
		if _, err := lambdaauth.ParseAuthenticationProvider(bad); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", bad, err, want)
		}
	}
	for _, bad := range [][]string{nil, {"authenticated"}, {first, second}, {"unauthenticated", first, second}, {"authenticated", second, first}, {"authenticated", first, second, second}} {
		if got, err := lambdaauth.ParseAMR(bad); err == nil {
			t.Errorf("%q: %+v", bad, got)
		}
	}
}

var providerGrammar = regexp.MustCompile(`\A((?:issuer-)?cognito-idp\.([a-z0-9-]+)\.amazonaws\.com/([a-z0-9-]+)_[A-Za-z0-9]+),(.+):CognitoSignIn:([A-Za-z0-9_-]{1,256})\z`)

func FuzzAuthenticationProvider(f *testing.F) {
	for _, s := range append(badProviders, providers) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := lambdaauth.ParseAuthenticationProvider(s)
		if err != nil {
			if got != (lambdaauth.SignIn{}) {
				t.Errorf("%q: %+v with %v", s, got, err)
			}
			return
		}
		m := providerGrammar.FindStringSubmatch(s)
		if len(m) == 0 || m[1] != m[4] || m[2] != m[3] || got.Subject != m[5] || !strings.HasSuffix(m[1], "/"+got.UserPoolID) {
			t.Errorf("%q: %+v", s, got)
		}
	})
}

func TestVerifyIDTokenOf(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	other := issuer.AddPool("us-east-1_Other0001")
	verifier, err := cognito.New(issuer.Config())
	if err != nil {
		t.Fatal(err)
	}
	identity := events.APIGatewayRequestIdentity{CognitoAuthenticationType: "authenticated", CognitoAuthenticationProvider: providers}
	guest, google := identity, identity
	guest.CognitoAuthenticationType = "unauthenticated"
	google.CognitoAuthenticationProvider = "accounts.google.com,accounts.google.com:OIDC:1"
	for _, test := range []struct {
		name     string
		identity events.APIGatewayRequestIdentity
		raw      string
		want     cognito.Code
	}{
		{"both agree", identity, issuer.Pool().IDToken(), ""},
		{"another user", identity, issuer.Pool().IDToken(cognitotest.ForSubject("another")), cognito.ErrClaimMismatch},
		{"the same sub in another pool", identity, other.IDToken(), cognito.ErrIssuerMismatch},
		{"an access token", identity, issuer.Pool().AccessToken(), cognito.ErrTokenUseMismatch},
		{"expired", identity, issuer.Pool().IDToken(cognitotest.Expired()), cognito.ErrTokenExpired},
		{"signed by somebody", identity, issuer.Pool().IDToken(cognitotest.WrongKey()), cognito.ErrSignatureInvalid},
		{"none", identity, "", cognito.ErrTokenMissing},
		{"a guest", guest, issuer.Pool().IDToken(), cognito.ErrAccessDenied},
		{"another provider", google, issuer.Pool().IDToken(), cognito.ErrAccessDenied},
		{"nothing", events.APIGatewayRequestIdentity{}, issuer.Pool().IDToken(), cognito.ErrAccessDenied},
	} {
		token, err := lambdaauth.VerifyIDTokenOf(t.Context(), verifier, test.identity, test.raw)
		if cognito.CodeOf(err) != test.want || (token == nil) != (err != nil) {
			t.Errorf("%s: %v, want %q", test.name, err, string(test.want))
		}
	}
	nobody := issuer.Pool().IDToken(cognitotest.WithoutClaim("sub"))
	for _, signIn := range []lambdaauth.SignIn{{}, {UserPoolID: cognitotest.PoolID}, {Subject: cognitotest.Subject}} {
		for _, raw := range []string{issuer.Pool().IDToken(), nobody} {
			if _, err := signIn.VerifyIDToken(context.Background(), verifier, raw); cognito.CodeOf(err) != cognito.ErrAccessDenied {
				t.Errorf("%+v: %v", signIn, err)
			}
		}
	}
	if _, err := lambdaauth.VerifyIDTokenOf(t.Context(), verifier, google, issuer.Pool().IDToken()); err == nil || !strings.Contains(err.Error(), "did not sign in to a user pool") {
		t.Errorf("the fault of another provider: %v", err)
	}
	if _, err := lambdaauth.VerifyIDTokenOf(t.Context(), nil, identity, issuer.Pool().IDToken()); cognito.CodeOf(err) != cognito.ErrAccessDenied {
		t.Errorf("no verifier: %v", err)
	}
	if _, err := lambdaauth.VerifyIDTokenOf(t.Context(), verifier, identity, issuer.Pool().IDToken(), cognito.RequireGroups("staff")); cognito.CodeOf(err) != cognito.ErrGroupMissing {
		t.Errorf("a requirement: %v", err)
	}
}
