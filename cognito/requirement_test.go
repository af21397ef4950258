package cognito_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
)

func TestRequirements(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	verifier := newVerifier(t, issuer, func(c *cognito.Config) { c.UserPools[0].Audiences = []string{"https://a", "https://b"} })
	rich := pool.AccessToken(cognitotest.Scopes("orders/read", "orders/write"), cognitotest.Groups("staff", "a,b"),
		cognitotest.ACR("urn:cognito:loa:3"), cognitotest.SignedInAgo(time.Minute), cognitotest.Audience("https://a"),
		cognitotest.Claim("tier", "gold"), cognitotest.Claim("beta", true), cognitotest.Claim("level", 7),
		cognitotest.Claim("tags", []string{"x", "y"}), cognitotest.Claim("nothing", nil), cognitotest.Claim("tree", map[string]string{"a": "b"}))
	for name, test := range map[string]struct {
		requirement cognito.Requirement
		code        cognito.Code
	}{
		"scope":                 {cognito.RequireScopes("orders/read"), ""},
		"both scopes":           {cognito.RequireScopes("orders/read", "orders/write"), ""},
		"a scope it lacks":      {cognito.RequireScopes("orders/read", "orders/delete"), cognito.ErrScopeMissing},
		"a part of a scope":     {cognito.RequireScopes("orders"), cognito.ErrScopeMissing},
		"scope in other case":   {cognito.RequireScopes("Orders/Read"), cognito.ErrScopeMissing},
		"two scopes in one":     {cognito.RequireScopes("orders/read orders/write"), cognito.ErrScopeMissing},
		"scope with a letter":   {cognito.RequireScopes("ördérs"), cognito.ErrScopeMissing},
		"no scopes named":       {cognito.RequireScopes(), cognito.ErrScopeMissing},
		"an empty scope":        {cognito.RequireScopes(""), cognito.ErrScopeMissing},
		"any scope":             {cognito.RequireAnyScope("x", "orders/write"), ""},
		"any of others":         {cognito.RequireAnyScope("x", "y"), cognito.ErrScopeMissing},
		"any of none":           {cognito.RequireAnyScope(), cognito.ErrScopeMissing},
		"group":                 {cognito.RequireGroups("staff"), ""},
		"group with a comma":    {cognito.RequireGroups("a,b"), ""},
		"a part of it":          {cognito.RequireGroups("a"), cognito.ErrGroupMissing},
		"no groups named":       {cognito.RequireGroups(), cognito.ErrGroupMissing},
		"an empty group":        {cognito.RequireGroups(""), cognito.ErrGroupMissing},
		"any group":             {cognito.RequireAnyGroup("admins", "staff"), ""},
		"any of other groups":   {cognito.RequireAnyGroup("admins"), cognito.ErrGroupMissing},
		"any group of none":     {cognito.RequireAnyGroup(), cognito.ErrGroupMissing},
		"audience":              {cognito.RequireAudience("https://b", "https://a"), ""},
		"other audience":        {cognito.RequireAudience("https://b"), cognito.ErrAudienceMismatch},
		"no audience named":     {cognito.RequireAudience(), cognito.ErrAudienceMismatch},
		"acr, lower":            {cognito.RequireACR("urn:cognito:loa:2"), ""},
		"acr, equal":            {cognito.RequireACR("urn:cognito:loa:3"), ""},
		"acr, higher":           {cognito.RequireACR("urn:cognito:loa:4"), cognito.ErrAuthenticationTooWeak},
		"acr of no level":       {cognito.RequireACR("urn:cognito:loa:0"), cognito.ErrAuthenticationTooWeak},
		"acr that is none":      {cognito.RequireACR(""), cognito.ErrAuthenticationTooWeak},
		"age":                   {cognito.RequireMaxAuthAge(time.Minute), ""},
		"younger than it is":    {cognito.RequireMaxAuthAge(59 * time.Second), cognito.ErrAuthenticationTooOld},
		"no age":                {cognito.RequireMaxAuthAge(0), cognito.ErrAuthenticationTooOld},
		"claim":                 {cognito.RequireClaim("tier", "silver", "gold"), ""},
		"other value":           {cognito.RequireClaim("tier", "silver"), cognito.ErrClaimMismatch},
		"boolean":               {cognito.RequireClaim("beta", "true"), ""},
		"number":                {cognito.RequireClaim("level", "7"), ""},
		"member of a list":      {cognito.RequireClaim("tags", "y"), ""},
		"no member":             {cognito.RequireClaim("tags", "z"), cognito.ErrClaimMismatch},
		"null":                  {cognito.RequireClaim("nothing", "null", ""), cognito.ErrClaimMismatch},
		"object":                {cognito.RequireClaim("tree", "b"), cognito.ErrClaimMismatch},
		"absent claim":          {cognito.RequireClaim("missing", ""), cognito.ErrClaimMismatch},
		"claim without values":  {cognito.RequireClaim("tier"), cognito.ErrClaimMismatch},
		"claim in other case":   {cognito.RequireClaim("Tier", "gold"), cognito.ErrClaimMismatch},
		"acr with a zero":       {cognito.RequireACR("urn:cognito:loa:02"), cognito.ErrAuthenticationTooWeak},
		"nonce of access token": {cognito.RequireNonce("n"), cognito.ErrNonceMismatch},
		"nil check":             {cognito.Require(nil), cognito.ErrAccessDenied},
		"zero":                  {cognito.Requirement{}, cognito.ErrAccessDenied},
	} {
		t.Run(name, func(t *testing.T) {
			checkVerdict(t, verifier, rich, cognito.TokenUseAccess, test.code, test.requirement)
			always, err := cognito.New(cognito.Config{UserPools: issuer.Config().UserPools, Require: []cognito.Requirement{test.requirement}})
			if err == nil && always == nil {
				t.Error("neither verifier nor error")
			}
		})
	}
	poor := pool.AccessToken(cognitotest.WithoutClaim("auth_time", "scope", "acr", "cognito:groups"))
	for _, test := range []struct {
		requirement cognito.Requirement
		code        cognito.Code
	}{
		{cognito.RequireMaxAuthAge(time.Hour), cognito.ErrAuthenticationTooOld},
		{cognito.RequireACR("urn:cognito:loa:1"), cognito.ErrAuthenticationTooWeak},
		{cognito.RequireScopes("a"), cognito.ErrScopeMissing},
		{cognito.RequireGroups("a"), cognito.ErrGroupMissing},
		{cognito.RequireAudience("https://a"), cognito.ErrAudienceMismatch},
	} {
		checkVerdict(t, verifier, poor, cognito.TokenUseAccess, test.code, test.requirement)
	}
}

// TestRequirementsOfAccessTokens: what looks like a grant in an ID token is none.
func TestRequirementsOfAccessTokens(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	id := issuer.Pool().IDToken(cognitotest.Claim("scope", "admin"))
	checkVerdict(t, verifier, id, cognito.TokenUseID, cognito.ErrScopeMissing, cognito.RequireScopes("admin"))
	checkVerdict(t, verifier, id, "", cognito.ErrScopeMissing, cognito.RequireAnyScope("admin"))
	checkVerdict(t, verifier, id, cognito.TokenUseID, cognito.ErrAudienceMismatch, cognito.RequireAudience(cognitotest.ClientID))
}

func TestRequireNonce(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	access := issuer.Pool().AccessToken(cognitotest.Claim("nonce", "n")) // somebody's custom claim
	checkVerdict(t, verifier, access, cognito.TokenUseAccess, cognito.ErrNonceMismatch, cognito.RequireNonce("n"))
	padded := issuer.Pool().AccessToken(cognitotest.ACR("urn:cognito:loa:02"))
	checkVerdict(t, verifier, padded, cognito.TokenUseAccess, cognito.ErrAuthenticationTooWeak, cognito.RequireACR("urn:cognito:loa:2"))
	good := issuer.Pool().IDToken(cognitotest.Nonce("n"))
	checkVerdict(t, verifier, good, cognito.TokenUseID, "", cognito.RequireNonce("n"))
	checkVerdict(t, verifier, good, cognito.TokenUseID, cognito.ErrNonceMismatch, cognito.RequireNonce("N"))
	checkVerdict(t, verifier, good, cognito.TokenUseID, cognito.ErrNonceMismatch, cognito.RequireNonce(""))
	without := issuer.Pool().IDToken(cognitotest.WithoutClaim("nonce"))
	checkVerdict(t, verifier, without, cognito.TokenUseID, cognito.ErrNonceMismatch, cognito.RequireNonce("n"))
	empty := issuer.Pool().IDToken(cognitotest.Nonce(""))
	checkVerdict(t, verifier, empty, cognito.TokenUseID, cognito.ErrNonceMismatch, cognito.RequireNonce(""))
}

// TestRequirementIsACopy checks that changing the caller's slice changes nothing.
func TestRequirementIsACopy(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	scopes := []string{"admin"}
	requirement := cognito.RequireScopes(scopes...)
	scopes[0] = "test/read"
	checkVerdict(t, verifier, issuer.Pool().MachineToken(), cognito.TokenUseAccess, cognito.ErrScopeMissing, requirement)

	values := []string{"bob"}
	requirement = cognito.RequireClaim("username", values...)
	values[0] = "anaya"
	checkVerdict(t, verifier, issuer.Pool().AccessToken(), cognito.TokenUseAccess, cognito.ErrClaimMismatch, requirement)

	verifier = newVerifier(t, issuer, func(c *cognito.Config) { c.UserPools[0].Audiences = []string{"https://a", "https://b"} })
	resources := []string{"https://b"}
	requirement = cognito.RequireAudience(resources...)
	resources[0] = "https://a"
	checkVerdict(t, verifier, issuer.Pool().AccessToken(cognitotest.Claim("aud", "https://a")), cognito.TokenUseAccess, cognito.ErrAudienceMismatch, requirement)
}

func TestRequireOwnCheck(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().AccessToken()
	reason := errors.New("secret reason")
	_, err := verifier.VerifyAccessToken(t.Context(), raw, cognito.Require(func(_ context.Context, token cognito.Token) error {
		if _, ok := token.(*cognito.AccessToken); !ok {
			t.Errorf("the check was handed a %T", token)
		}
		return reason
	}))
	var typed *cognito.Error
	if !errors.As(err, &typed) || typed.Code() != cognito.ErrAccessDenied || !errors.Is(err, reason) || typed.Message() == reason.Error() {
		t.Errorf("got %v", err)
	}
	_, err = verifier.VerifyAccessToken(t.Context(), raw, cognito.Require(func(context.Context, cognito.Token) error {
		return cognito.NewError(cognito.ErrCheckUnavailable, "the list cannot be read")
	}))
	if !errors.Is(err, cognito.ErrCheckUnavailable) {
		t.Errorf("a check that could not find out: %v", err)
	}
	_, err = verifier.VerifyAccessToken(t.Context(), raw, cognito.Require(func(context.Context, cognito.Token) error {
		var none *cognito.Error
		return none //nolint:nilness // the mistake that this is about
	}))
	if !errors.Is(err, cognito.ErrAccessDenied) {
		t.Errorf("a nil *Error in an error: %v", err)
	}
	for _, test := range []struct {
		err  error
		code cognito.Code
	}{
		{context.DeadlineExceeded, cognito.ErrCheckUnavailable},
		{fmt.Errorf("asking: %w", context.Canceled), cognito.ErrCheckUnavailable},
		{cognito.ErrGroupMissing, cognito.ErrGroupMissing},
		{cognito.NewError("", "no code"), cognito.ErrAccessDenied},
		{cognito.Code(""), cognito.ErrAccessDenied},
	} {
		checkVerdict(t, verifier, raw, cognito.TokenUseAccess, test.code, cognito.Require(func(context.Context, cognito.Token) error { return test.err }))
	}
	called := false
	spy := cognito.Require(func(context.Context, cognito.Token) error { called = true; return nil })
	for _, bad := range []string{issuer.Pool().AccessToken(cognitotest.TamperedSignature()), issuer.Pool().AccessToken(cognitotest.Expired())} {
		if _, err := verifier.VerifyAccessToken(t.Context(), bad, spy); err == nil || called {
			t.Error("the check saw a token that is not good")
		}
		if verifier.Inspect(t.Context(), bad, "", spy); called {
			t.Error("the check saw an inspected token that is not good")
		}
	}
}

// TestCheckIsNotAbandoned: the verification waits for a check that ignores its context, and a
// panic of a check is the caller's.
func TestCheckIsNotAbandoned(t *testing.T) {
	for _, kind := range []string{"Require", "Revoked"} {
		synctest.Test(t, func(t *testing.T) {
			panics, ended := false, false
			check := func() {
				if panics {
					panic("of the check")
				}
				time.Sleep(time.Hour)
				ended = true
			}
			issuer := cognitotest.NewIssuer()
			verifier := newVerifier(t, issuer, func(c *cognito.Config) {
				if kind == "Require" {
					c.Require = []cognito.Requirement{cognito.Require(func(context.Context, cognito.Token) error { check(); return nil })}
				} else {
					c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { check(); return false, nil }
				}
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if _, err := verifier.VerifyAccessToken(ctx, issuer.Pool().AccessToken()); err != nil || !ended {
				t.Errorf("%s: got %v, and the check has ended: %t", kind, err, ended)
			}
			panics = true
			defer func() {
				if got := recover(); got != "of the check" {
					t.Errorf("%s: the caller got the panic %v", kind, got)
				}
			}()
			_, _ = verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken())
		})
	}
}

func TestRevocation(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	answer, fault := false, error(nil)
	verifier := newVerifier(t, issuer, func(c *cognito.Config) {
		c.Revoked = func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return answer, fault }
	})
	raw := issuer.Pool().AccessToken()
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, "")
	answer = true
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrTokenRevoked)
	fault = errors.New("down")
	checkVerdict(t, verifier, raw, cognito.TokenUseAccess, cognito.ErrCheckUnavailable)
}

// TestErrorTellsWhatToComeBackWith checks what challenges are made of.
func TestErrorTellsWhatToComeBackWith(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	verifier := newVerifier(t, issuer, nil)
	raw := issuer.Pool().AccessToken(cognitotest.SignedInAgo(time.Hour))
	ask := func(r cognito.Requirement) *cognito.Error {
		_, err := verifier.VerifyAccessToken(t.Context(), raw, r)
		var typed *cognito.Error
		if !errors.As(err, &typed) {
			t.Fatalf("got %v", err)
		}
		return typed
	}
	if got := ask(cognito.RequireScopes("a", "b")).RequiredScopes(); !slices.Equal(got, []string{"a", "b"}) {
		t.Errorf("scopes %q", got)
	}
	if got := ask(cognito.RequireACR("urn:cognito:loa:4")).RequiredACR(); got != "urn:cognito:loa:4" {
		t.Errorf("acr %q", got)
	}
	if got := ask(cognito.RequireMaxAuthAge(time.Minute)).RequiredMaxAge(); got != time.Minute {
		t.Errorf("age %s", got)
	}
}
