package cognito_test

import (
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

// TestRequirementsThatCanNeverBeMetSaySo, before the first token.
func TestRequirementsThatCanNeverBeMetSaySo(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	for name, requirement := range map[string]cognito.Requirement{
		"no scope": cognito.RequireScopes(), "two scopes in one": cognito.RequireScopes("a b"), "an empty scope": cognito.RequireScopes("a", ""),
		"a scope in quotes": cognito.RequireAnyScope(`"a"`), "none of no scopes": cognito.RequireAnyScope(),
		"no group": cognito.RequireGroups(), "an empty group": cognito.RequireGroups("a", ""), "any of no groups": cognito.RequireAnyGroup(),
		"an empty nonce": cognito.RequireNonce(""), "no audience": cognito.RequireAudience(), "an empty audience": cognito.RequireAudience("a", ""),
		"acr": cognito.RequireACR("2"), "level 0": cognito.RequireACR("urn:cognito:loa:0"), "no age": cognito.RequireMaxAuthAge(0), "negative age": cognito.RequireMaxAuthAge(-1),
		"a claim without a value": cognito.RequireClaim("a"), "a claim without a name": cognito.RequireClaim("", "a"),
		"no check": cognito.Require(nil), "nothing": {},
	} {
		if requirement.Err() == nil {
			t.Errorf("%s: no error", name)
		}
		config := issuer.Config()
		config.Require = []cognito.Requirement{requirement}
		if _, err := cognito.New(config); err == nil || !strings.Contains(err.Error(), "Require[0]") {
			t.Errorf("%s: New says %v", name, err)
		}
	}
}

// TestTwoPoolsOfOneIssuer: whose clients count must not depend on the order.
func TestTwoPoolsOfOneIssuer(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	issuer.AddPool("eu-west-1_Second001")
	config := issuer.Config()
	for n := range config.UserPools {
		config.UserPools[n].Issuer = "https://idp.example.com"
	}
	if _, err := cognito.New(config); err == nil || !strings.Contains(err.Error(), "UserPools[1].Issuer repeats") {
		t.Errorf("New says %v", err)
	}
}

// TestOnlyIssuerForbidden: a pool with an issuer of its own has no other whose keys
// would show that 403 means not switched.
func TestOnlyIssuerForbidden(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	issuer.SetAddress("https://idp.example.com")
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.HTTPClient = issuer.Client() })
	raw := issuer.Pool().AccessToken()
	for _, status := range []int{403, 404} {
		issuer.Pool().FailKeySet(status)
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrKeysUnavailable)
	}
}
