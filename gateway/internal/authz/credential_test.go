package authz_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// signIn is what a load balancer adds to a request.
func (w *world) signIn(options ...cognitotest.TokenOption) authz.LoadBalancer {
	r := &http.Request{Header: http.Header{}}
	w.balancer.SignIn(r, options...)
	return authz.LoadBalancer{
		Data: cognito.Raw(r.Header.Get("x-amzn-oidc-data")), Identity: r.Header.Get("x-amzn-oidc-identity"), AccessToken: cognito.Raw(r.Header.Get("x-amzn-oidc-accesstoken")),
	}
}

func behindBalancer(target string, b authz.LoadBalancer) *authz.Request {
	r := get(target, "")
	r.LoadBalancer = b
	return r
}

func TestViaSaysWhichCredentialsCount(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "bearer", Match: at("/bearer")},
		authz.Rule{Name: "alb", Match: at("/alb"), Via: []authz.Via{authz.ViaALB}},
		authz.Rule{Name: "both", Match: at("/both"), Via: []authz.Via{authz.ViaALB, authz.ViaBearer}},
		authz.Rule{Name: "maybe", Match: at("/maybe"), Allow: cognito.Optional},
	)
	token, balancer := w.pool.AccessToken(), w.signIn()
	tests := []struct {
		rule, token string
		balancer    authz.LoadBalancer
		code        cognito.Code
		via         authz.Via
	}{
		{"bearer", token, authz.LoadBalancer{}, "", authz.ViaBearer},
		{"bearer", token, balancer, "", authz.ViaBearer},
		{"bearer", "", balancer, cognito.ErrAccessDenied, ""},
		{"bearer", "", authz.LoadBalancer{}, cognito.ErrTokenMissing, ""},
		{"alb", "", balancer, "", authz.ViaALB},
		{"alb", token, balancer, cognito.ErrAccessDenied, ""},
		{"alb", "rubbish", authz.LoadBalancer{}, cognito.ErrAccessDenied, ""},
		{"alb", "", authz.LoadBalancer{}, cognito.ErrTokenMissing, ""},
		{"both", token, authz.LoadBalancer{Data: "rubbish"}, "", authz.ViaBearer},
		{"both", "rubbish", balancer, cognito.ErrTokenMalformed, ""},
		{"both", "", balancer, "", authz.ViaALB},
		{"both", "", authz.LoadBalancer{}, cognito.ErrTokenMissing, ""},
		{"maybe", "", balancer, cognito.ErrAccessDenied, ""},
		{"maybe", "", authz.LoadBalancer{}, "", ""},
	}
	for n, test := range tests {
		r := behindBalancer("/"+test.rule, test.balancer)
		r.Bearer.Token = cognito.Raw(test.token)
		d := policy.Decide(t.Context(), r)
		if want(t, d, test.rule, test.code); d.Via != test.via {
			t.Errorf("%d: via %q, want %q", n, d.Via, test.via)
		}
		if passed := d.LoadBalancer.Data != ""; passed != (test.via == authz.ViaALB) {
			t.Errorf("%d: the decision has the headers of a load balancer: %v", n, passed)
		}
	}
}

// TestOtherSchemesAreNoCredential: the service may have a use for them.
func TestOtherSchemesAreNoCredential(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "maybe", Match: at("/maybe"), Allow: cognito.Optional}, authz.Rule{Name: "must"})
	for err, codes := range map[error][2]cognito.Code{
		cognito.NewError(cognito.ErrTokenMissing, "another scheme"): {"", cognito.ErrTokenMissing},
		cognito.NewError(cognito.ErrRequestInvalid, "no token"):     {cognito.ErrRequestInvalid, cognito.ErrRequestInvalid},
	} {
		for n, rule := range []string{"maybe", "must"} {
			r := get("/"+rule, "")
			r.Bearer.Err = err
			if d := policy.Decide(t.Context(), r); d.Rule != rule || d.Code() != codes[n] || !isEmpty(d) {
				t.Errorf("%s, %v: got %v, %v", rule, err, d.Allowed, d.Err)
			}
		}
	}
}

// TestHeadersOfLoadBalancersAreNoCredentialsIfNoneAreConfigured: a client can send them.
func TestHeadersOfLoadBalancersAreNoCredentialsIfNoneAreConfigured(t *testing.T) {
	w := newWorld(t)
	w.config.LoadBalancers = nil
	policy := w.policy(t, authz.Rule{Name: "bearer", Match: at("/bearer")}, authz.Rule{Name: "maybe", Allow: cognito.Optional})
	want(t, policy.Decide(t.Context(), behindBalancer("/bearer", w.signIn())), "bearer", cognito.ErrTokenMissing)
	d := policy.Decide(t.Context(), behindBalancer("/", w.signIn()))
	if want(t, d, "maybe", ""); !isEmpty(d) {
		t.Errorf("got %+v", d)
	}
}

func TestHeadersOfLoadBalancersMustAgree(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "alb", Via: []authz.Via{authz.ViaALB}})
	other := w.signIn(cognitotest.ForSubject("other"))
	for name, test := range map[string]struct {
		change func(*authz.LoadBalancer)
		code   cognito.Code
	}{
		"good":                         {func(*authz.LoadBalancer) {}, ""},
		"no identity":                  {func(b *authz.LoadBalancer) { b.Identity = "" }, ""},
		"no access token":              {func(b *authz.LoadBalancer) { b.AccessToken = "" }, ""},
		"identity of another user":     {func(b *authz.LoadBalancer) { b.Identity = "other" }, cognito.ErrRequestInvalid},
		"data of another user":         {func(b *authz.LoadBalancer) { b.Data, b.Identity = other.Data, "other" }, cognito.ErrRequestInvalid},
		"access token of another user": {func(b *authz.LoadBalancer) { b.AccessToken = other.AccessToken }, cognito.ErrRequestInvalid},
		"no data":                      {func(b *authz.LoadBalancer) { b.Data = "" }, cognito.ErrTokenMissing},
		"repeated":                     {func(b *authz.LoadBalancer) { b.Err = cognito.NewError(cognito.ErrRequestInvalid, "two") }, cognito.ErrRequestInvalid},
		"expired data":                 {func(b *authz.LoadBalancer) { b.Data = cognito.Raw(w.balancer.Data(cognitotest.Expired())) }, cognito.ErrTokenExpired},
		"forged data":                  {func(b *authz.LoadBalancer) { b.Data = cognito.Raw(w.balancer.Data(cognitotest.TamperedSignature())) }, cognito.ErrSignatureInvalid},
		"data of another balancer":     {func(b *authz.LoadBalancer) { b.Data = cognito.Raw(w.pool.LoadBalancer("evil").Data()) }, cognito.ErrIssuerMismatch},
		"bad access token":             {func(b *authz.LoadBalancer) { b.AccessToken = cognito.Raw(w.pool.AccessToken(cognitotest.Expired())) }, cognito.ErrTokenExpired},
		"ID token for access token":    {func(b *authz.LoadBalancer) { b.AccessToken = cognito.Raw(w.pool.IDToken()) }, cognito.ErrTokenUseMismatch},
	} {
		b := w.signIn()
		test.change(&b)
		d := policy.Decide(t.Context(), behindBalancer("/", b))
		if d.Code() != test.code || d.Allowed != (test.code == "") || !d.Allowed && !isEmpty(d) {
			t.Errorf("%s: %v, %v; want %q", name, d.Allowed, d.Err, string(test.code))
		}
	}
}

// TestLoadBalancersGiveNoScopesOrGroupsOfTheirOwn: those are in the access token alone.
func TestLoadBalancersGiveNoScopesOrGroupsOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	via := []authz.Via{authz.ViaALB}
	b := w.signIn(cognitotest.Groups("staff"), cognitotest.Scopes("orders/read"))
	b.Data = cognito.Raw(w.balancer.Data(cognitotest.Claim("cognito:groups", "admins"), cognitotest.Claim("scope", "all"), cognitotest.Claim("custom:tenant", "acme"), cognitotest.Claim("email", "a@example.com")))
	withoutAccess := b
	withoutAccess.AccessToken = ""
	tests := []struct {
		require       authz.Require
		code, without cognito.Code
	}{
		{authz.Require{}, "", ""},
		{authz.Require{Groups: []string{"staff"}}, "", cognito.ErrTokenMissing},
		{authz.Require{AnyGroup: []string{"admins"}}, cognito.ErrGroupMissing, cognito.ErrTokenMissing},
		{authz.Require{Scopes: []string{"orders/read"}}, "", cognito.ErrTokenMissing},
		{authz.Require{AnyScope: []string{"all"}}, cognito.ErrScopeMissing, cognito.ErrTokenMissing},
		{authz.Require{ACR: "urn:cognito:loa:2"}, cognito.ErrAuthenticationTooWeak, cognito.ErrTokenMissing},
		{authz.Require{MaxAuthAge: 1}, "", cognito.ErrTokenMissing},
		{authz.Require{UserPools: []string{cognitotest.PoolID}, ClientIDs: []string{cognitotest.ClientID}}, "", ""},
		{authz.Require{Claims: map[string][]string{"custom:tenant": {"acme"}}}, "", ""},
		{authz.Require{Claims: map[string][]string{"custom:tenant": {"other"}}}, cognito.ErrClaimMismatch, cognito.ErrClaimMismatch},
		{authz.Require{Claims: map[string][]string{"client_id": {cognitotest.ClientID}}}, "", cognito.ErrClaimMismatch},
	}
	for n, test := range tests {
		policy := w.policy(t, authz.Rule{Name: "alb", Via: via, Require: test.require})
		want(t, policy.Decide(t.Context(), behindBalancer("/", withoutAccess)), "alb", test.without)
		d := policy.Decide(t.Context(), behindBalancer("/", b))
		if want(t, d, "alb", test.code); t.Failed() {
			t.Fatalf("test %d", n)
		}
		if i := d.Identity; d.Allowed && (i.Subject != cognitotest.Subject || i.Email != "a@example.com" || i.Groups.String() != "staff" || i.Scopes.String() != "orders/read" || i.UserPool != cognitotest.PoolID || i.TokenUse != "" || i.ExpiresAt.IsZero()) {
			t.Errorf("%d: got %+v", n, i)
		}
	}
}

// A failingVerifier has no answer.
type failingVerifier struct{}

func (failingVerifier) Verify(context.Context, string) (*alb.Identity, error) {
	return nil, errors.New("no route to host")
}

func TestErrorOfAnotherVerifierIsTemporary(t *testing.T) {
	w := newWorld(t)
	w.config.LoadBalancers = failingVerifier{}
	policy := w.policy(t, authz.Rule{Name: "alb", Via: []authz.Via{authz.ViaALB}})
	want(t, policy.Decide(t.Context(), behindBalancer("/", w.signIn())), "alb", cognito.ErrCheckUnavailable)
}

func TestIdentityIsThatOfTheToken(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t,
		authz.Rule{Name: "id", Match: at("/id"), Require: authz.Require{TokenUse: cognito.TokenUseID}},
		authz.Rule{Name: "access", Match: at("/access"), Pass: authz.Pass{AccessToken: authz.PassAuthorization}},
	)
	token := w.pool.AccessToken(cognitotest.Groups("a", "b"), cognitotest.Scopes("x", "y"), cognitotest.Claim("tenant", 7))
	d := policy.Decide(t.Context(), get("/access", token))
	i := d.Identity
	if value, ok := i.Claim("tenant"); !ok || string(value) != "7" {
		t.Errorf("got %s, %v", value, ok)
	}
	if i.Subject != cognitotest.Subject || i.Username != cognitotest.Username || i.ClientID != cognitotest.ClientID || i.UserPool != cognitotest.PoolID || i.Email != "" ||
		i.Groups.String() != "a b" || i.Scopes.String() != "x y" || i.TokenUse != cognito.TokenUseAccess || !i.ExpiresAt.After(w.issuer.Clock().Now()) {
		t.Errorf("got %+v", i)
	}
	if string(d.AccessToken) != token || d.PassTo != authz.PassAuthorization {
		t.Errorf("passes %q in %q", string(d.AccessToken), d.PassTo)
	}
	d = policy.Decide(t.Context(), get("/id", w.pool.IDToken(cognitotest.Groups("a"), cognitotest.Claim("email", "a@example.com"), cognitotest.Claim("email_verified", true), cognitotest.Claim("scope", "x"))))
	if i := d.Identity; i.Email != "a@example.com" || !i.EmailVerified || i.Scopes.Len() != 0 || i.Groups.String() != "a" || i.TokenUse != cognito.TokenUseID || i.Username == "" || d.AccessToken != "" {
		t.Errorf("got %+v, %+v", d, i)
	}
	machine := policy.Decide(t.Context(), get("/access", w.pool.MachineToken()))
	if i := machine.Identity; !machine.Allowed || i.Subject != cognitotest.ClientID || i.Username != "" {
		t.Errorf("got %+v", i)
	}
}

func TestAccessTokensOfLoadBalancersArePassedOn(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "alb", Via: []authz.Via{authz.ViaALB}, Pass: authz.Pass{AccessToken: authz.PassAuthorization}})
	b := w.signIn()
	if d := policy.Decide(t.Context(), behindBalancer("/", b)); d.AccessToken != b.AccessToken || d.PassTo != authz.PassAuthorization {
		t.Errorf("got %+v", d)
	}
	b.AccessToken = ""
	if d := policy.Decide(t.Context(), behindBalancer("/", b)); !d.Allowed || d.PassTo != "" {
		t.Errorf("got %+v", d)
	}
}

// TestOptionalRulesCheckLoadBalancers: a sign-in is no anonymous request.
func TestOptionalRulesCheckLoadBalancers(t *testing.T) {
	w := newWorld(t)
	policy := w.policy(t, authz.Rule{Name: "maybe", Allow: cognito.Optional, Via: []authz.Via{authz.ViaALB}})
	d := policy.Decide(t.Context(), behindBalancer("/", w.signIn()))
	if want(t, d, "maybe", ""); d.Via != authz.ViaALB || d.Identity.Subject != cognitotest.Subject {
		t.Errorf("got %+v", d)
	}
	want(t, policy.Decide(t.Context(), behindBalancer("/", authz.LoadBalancer{Data: "rubbish"})), "maybe", cognito.ErrTokenMalformed)
}

// TestPoolsOfARuleHoldForLoadBalancers, with the access token and without it.
func TestPoolsOfARuleHoldForLoadBalancers(t *testing.T) {
	w := newWorld(t)
	second := w.issuer.AddPool("eu-west-1_Second001", "web")
	w.config.UserPools = w.issuer.Config().UserPools
	for name, require := range map[string]authz.Require{"pool": {UserPools: []string{second.ID()}}, "client": {ClientIDs: []string{"web"}}} {
		policy := w.policy(t, authz.Rule{Name: name, Via: []authz.Via{authz.ViaALB}, Require: require})
		b := w.signIn()
		want(t, policy.Decide(t.Context(), behindBalancer("/", b)), name, cognito.ErrAccessDenied)
		b.AccessToken = ""
		want(t, policy.Decide(t.Context(), behindBalancer("/", b)), name, cognito.ErrAccessDenied)
	}
}
