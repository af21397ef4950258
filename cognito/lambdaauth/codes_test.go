package lambdaauth_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// A row is a code of package cognito, made to happen.
type row struct {
	status  int // 401, 403, or 500 where nothing was found out
	require []cognito.Requirement
	use     cognito.TokenUse
	revoked func(context.Context, cognito.Token, cognito.Raw) (bool, error)
	token   func(*cognitotest.Pool) string
}

func access(options ...cognitotest.TokenOption) func(*cognitotest.Pool) string {
	return func(p *cognitotest.Pool) string { return p.AccessToken(options...) }
}

func text(s string) func(*cognitotest.Pool) string {
	return func(*cognitotest.Pool) string { return s }
}

func idToken(p *cognitotest.Pool) string { return p.IDToken() }

func rows() map[cognito.Code]row {
	needs := func(status int, r cognito.Requirement) row {
		return row{status: status, require: []cognito.Requirement{r}, token: access()}
	}
	return map[cognito.Code]row{
		cognito.ErrTokenMissing:        {status: 401, token: text("")},
		cognito.ErrRequestInvalid:      {status: 401, token: text("two words")},
		cognito.ErrTokenTooLarge:       {status: 401, token: access(cognitotest.Claim("x", strings.Repeat("x", 20<<10)))},
		cognito.ErrEncryptedToken:      {status: 401, token: func(p *cognitotest.Pool) string { return p.RefreshToken() }},
		cognito.ErrTokenMalformed:      {status: 401, token: text("opaque")},
		cognito.ErrAlgorithmNotAllowed: {status: 401, token: access(cognitotest.Algorithm("HS256"))},
		cognito.ErrIssuerMismatch:      {status: 401, token: access(cognitotest.Claim("iss", "https://issuer.example"))},
		cognito.ErrKeyNotFound:         {status: 401, token: access(cognitotest.UnknownKey())},
		cognito.ErrSignatureInvalid:    {status: 401, token: access(cognitotest.WrongKey())},
		cognito.ErrClaimMissing:        {status: 401, token: access(cognitotest.WithoutClaim("exp"))},
		cognito.ErrClaimInvalid:        {status: 401, token: access(cognitotest.Claim("exp", "soon"))},
		cognito.ErrTokenUseMismatch:    {status: 401, token: idToken},
		cognito.ErrClientMismatch:      {status: 401, token: access(cognitotest.ForClient("another"))},
		cognito.ErrTokenExpired:        {status: 401, token: access(cognitotest.Expired())},
		cognito.ErrTokenNotYetValid:    {status: 401, token: access(cognitotest.NotYetValid())},
		cognito.ErrAudienceMismatch:    {status: 401, token: access(cognitotest.Audience("https://other.example"))},
		cognito.ErrNonceMismatch:       {status: 401, use: cognito.TokenUseID, require: []cognito.Requirement{cognito.RequireNonce("n")}, token: idToken},
		cognito.ErrTokenRevoked:        {status: 401, token: access(), revoked: func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return true, nil }},

		cognito.ErrAuthenticationTooWeak: needs(401, cognito.RequireACR("urn:cognito:loa:2")),
		cognito.ErrAuthenticationTooOld:  {status: 401, require: []cognito.Requirement{cognito.RequireMaxAuthAge(time.Minute)}, token: access(cognitotest.SignedInAgo(time.Hour))},
		cognito.ErrScopeMissing:          needs(403, cognito.RequireScopes("orders/read")),
		cognito.ErrGroupMissing:          needs(403, cognito.RequireGroups("staff")),
		cognito.ErrClaimMismatch:         needs(403, cognito.RequireClaim("tier", "gold")),
		cognito.ErrAccessDenied:          needs(403, cognito.Require(func(context.Context, cognito.Token) error { return errors.New("internal") })),
		"quota_used_up":                  needs(403, cognito.Require(func(context.Context, cognito.Token) error { return cognito.NewError("quota_used_up", "come back") })),

		cognito.ErrKeysUnavailable:  {status: 500, token: func(p *cognitotest.Pool) string { p.FailKeySet(500); return p.AccessToken() }},
		cognito.ErrCheckUnavailable: {status: 500, token: access(), revoked: func(context.Context, cognito.Token, cognito.Raw) (bool, error) { return false, errors.New("down") }},
	}
}

// TestEveryCode: each code, for each kind of event, with the requirement for all
// routes and for the one.
func TestEveryCode(t *testing.T) {
	for code, row := range rows() {
		for where, config := range map[string]lambdaauth.Config{
			"everywhere": {Require: row.require},
			"by route":   {Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}", "$connect"}, Require: row.require}, {Keys: []string{"GET /orders"}}}},
			"one route":  {Caching: lambdaauth.CachedByRoute, Routes: []lambdaauth.Route{{Keys: []string{"GET /orders/{id}", "$connect"}, Require: row.require}}},
		} {
			config.TokenUse = row.use
			if len(row.require) > 0 {
				config.AppSync.Fields = []lambdaauth.FieldRule{{Names: []string{"Query.orders"}, Require: row.require}}
			}
			w := newWorld(t, config, func(c *cognito.Config) { c.Revoked = row.revoked })
			raw := row.token(w.issuer.Pool())
			for kind, handle := range w.answered(t, raw) {
				answer, err := handle()
				if where != "everywhere" && kind == "appsync" && len(row.require) > 0 {
					if a, ok := answer.(events.AppSyncLambdaAuthorizerResponse); err != nil || !ok || !a.IsAuthorized || len(a.DeniedFields) != 1 {
						t.Errorf("%v %s %s: %+v, %v", code, where, kind, answer, err)
					}
					continue
				}
				checkRefusal(t, string(code)+" "+where+" "+kind, row.status, answer, err)
				if err != nil && !errors.Is(err, code) {
					t.Errorf("%v %s %s: %v is not the code", code, where, kind, err)
				}
				for part := range strings.SplitSeq(raw, ".") {
					if len(part) > 8 && (strings.Contains(w.logs.String(), part) || err != nil && strings.Contains(err.Error(), part)) {
						t.Errorf("%v %s %s: a piece of the token is in the log or %v", code, where, kind, err)
					}
				}
			}
			if level := map[bool]string{true: `"WARN"`, false: `"INFO"`}[row.status == 500]; !strings.Contains(w.logs.String(), level) || !strings.Contains(w.logs.String(), `"`+string(code)+`"`) {
				t.Errorf("%v %s: logged %s", code, where, w.logs)
			}
		}
	}
}

func checkRefusal(t *testing.T, name string, status int, answer any, err error) {
	t.Helper()
	var policy *events.APIGatewayCustomAuthorizerPolicy
	var context map[string]any
	switch a := answer.(type) {
	case events.AppSyncLambdaAuthorizerResponse:
		if a.IsAuthorized || (err != nil) != (status == 500) || a.ResolverContext != nil || status != 500 && (a.TTLOverride == nil || *a.TTLOverride != 0) {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		return
	case events.APIGatewayV2CustomAuthorizerSimpleResponse:
		if a.IsAuthorized || a.Context != nil || (err != nil) != (status == 500) || err != nil && err.Error() == "Unauthorized" {
			t.Errorf("%s: %+v, %v", name, a, err)
		}
		return
	case events.APIGatewayCustomAuthorizerResponse:
		policy, context = &a.PolicyDocument, a.Context
	case events.APIGatewayV2CustomAuthorizerIAMPolicyResponse:
		policy, context = &a.PolicyDocument, a.Context
	}
	switch {
	case status == 403:
		last := policy.Statement[len(policy.Statement)-1]
		if err != nil || (last.Effect == "Deny") == (context != nil) {
			t.Errorf("%s: %+v, %v", name, policy, err)
		}
		for _, s := range policy.Statement {
			for _, resource := range s.Resource {
				if s.Effect == "Allow" && !strings.HasSuffix(resource, "/GET/orders") {
					t.Errorf("%s: %q is allowed", name, resource)
				}
			}
		}
	case err == nil || (err.Error() == "Unauthorized") != (status == 401) || len(policy.Statement) > 0:
		t.Errorf("%s: %+v, %v, want status %d", name, policy, err, status)
	}
}

// TestRowsAreComplete: no code of the library is without a row.
func TestRowsAreComplete(t *testing.T) {
	all := rows()
	for _, code := range cognito.Codes() {
		if _, ok := all[code]; !ok {
			t.Errorf("%q is not among the rows", string(code))
		}
	}
}

func TestDenyBadTokens(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{DenyBadTokens: true})
	for kind, handle := range w.answered(t, "bad") {
		answer, err := handle()
		if kind == "http-v1" || kind == "http-v2-policy" {
			checkRefusal(t, kind, 403, answer, err)
		} else {
			checkRefusal(t, kind, 401, answer, err)
		}
	}
}

func TestZeroAuthorizer(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	token := w.access()
	w.Authorizer = &lambdaauth.Authorizer{}
	for kind, handle := range w.answered(t, token) {
		answer, err := handle()
		checkRefusal(t, kind, 403, answer, err)
	}
}

func TestConcurrentEvents(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Routes: shop(), Claims: map[string]string{"v": "version"}})
	good, bad := w.access(cognitotest.Scopes("orders/read", "orders/write"), cognitotest.Groups("admins")), w.access(cognitotest.WrongKey())
	var all sync.WaitGroup
	for range 8 {
		for kind, handle := range w.answered(t, good) {
			all.Go(func() {
				if _, err := handle(); err != nil {
					t.Errorf("%s: %v", kind, err)
				}
			})
		}
		for kind, handle := range w.answered(t, bad) {
			all.Go(func() {
				answer, err := handle()
				checkRefusal(t, kind, 401, answer, err)
			})
		}
	}
	all.Wait()
	if n := w.issuer.Pool().KeySetRequests(); n != 1 {
		t.Errorf("%d requests for the key set", n)
	}
}
