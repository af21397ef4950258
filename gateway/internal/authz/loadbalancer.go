package authz

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/alb"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// present reports whether there is a sign-in of a load balancer.
func (b *LoadBalancer) present() (bool, *cognito.Error) {
	if b.Err != nil {
		return false, refusal(b.Err)
	}
	return b.Data != "", nil
}

// verifyLoadBalancer verifies the headers of a load balancer: its own token, and that the
// other two are about the same user. Scopes, groups and what else only an access token has
// are those of the access token.
func (p *Policy) verifyLoadBalancer(ctx context.Context, matched *rule, found *route.Found, r *Request, d *Decision, t *trace) *cognito.Error {
	user, err := p.balancer.Verify(ctx, string(r.LoadBalancer.Data))
	if err == nil && r.LoadBalancer.Identity != "" {
		err = user.CheckSubject(r.LoadBalancer.Identity)
	}
	if err != nil {
		return t.step("load_balancer", refusal(err), "")
	}
	t.passed("load_balancer", "subject "+user.Subject())
	d.Identity = ofLoadBalancer(user)
	if r.LoadBalancer.AccessToken == "" {
		if refusal := matched.checkWithoutAccessToken(user); refusal != nil {
			return t.step("access_token", refusal, "")
		}
	} else if refusal := p.verifyAccessToken(ctx, matched, user, r, d, t); refusal != nil {
		return refusal
	}
	if refusal := t.step("claims", matched.checkClaims(&d.Identity, found), "every required claim is there"); refusal != nil {
		return refusal
	}
	d.Via, d.LoadBalancer = ViaALB, r.LoadBalancer
	d.pass(matched, r.LoadBalancer.AccessToken)
	return nil
}

// verifyAccessToken verifies x-amzn-oidc-accesstoken.
func (p *Policy) verifyAccessToken(ctx context.Context, matched *rule, user *alb.Identity, r *Request, d *Decision, t *trace) *cognito.Error {
	raw := string(r.LoadBalancer.AccessToken)
	t.inspect(ctx, p.verifier, raw, cognito.TokenUseAccess, matched.accessRequire)
	access, err := p.verifier.VerifyAccessToken(ctx, raw, matched.accessRequire...)
	if err != nil {
		return refusal(err)
	}
	if err := user.CheckAccessToken(access); err != nil {
		return t.step("access_token", refusal(err), "")
	}
	t.passed("access_token", "of the same user, app client and user pool")
	d.Identity.UserPool = access.UserPoolID()
	d.Identity.Groups, d.Identity.Scopes, d.Identity.more = access.Groups(), access.Scopes(), access
	if d.Identity.Username == "" {
		d.Identity.Username = access.Username()
	}
	return nil
}

// checkWithoutAccessToken checks what can be known without an access token.
func (m *rule) checkWithoutAccessToken(user *alb.Identity) *cognito.Error {
	if m.needsAccess {
		return cognito.NewError(cognito.ErrTokenMissing, "the request has no header x-amzn-oidc-accesstoken")
	}
	return checkIssued(m.pools, m.clients, cognito.UserPoolID(user.Issuer()), user.ClientID())
}

// checkClaims checks the claims that the rule requires, which a load balancer's own token may
// have and the access token does not.
func (m *rule) checkClaims(i *Identity, found *route.Found) *cognito.Error {
	for n := range m.claims {
		c := &m.claims[n]
		values, ok := c.expand(found)
		if !ok {
			return errEmptyVariable
		}
		if raw, present := i.Claim(c.name); !present || !hasValue(raw, values) {
			return cognito.NewError(cognito.ErrClaimMismatch, "the claim "+c.name+" has no required value")
		}
	}
	return nil
}

// hasValue compares a claim as [cognito.RequireClaim] does: a string, an array of strings with
// one of the values, or the spelling of a boolean or number.
func hasValue(raw json.RawMessage, values []string) bool {
	var decoded any
	if json.Unmarshal(raw, &decoded) != nil {
		return false
	}
	switch claim := decoded.(type) {
	case string:
		return slices.Contains(values, claim)
	case bool, float64:
		return slices.Contains(values, string(raw))
	case []any:
		found := false
		for _, member := range claim {
			text, ok := member.(string)
			if !ok {
				return false
			}
			found = found || slices.Contains(values, text)
		}
		return found
	}
	return false
}

// ofLoadBalancer returns the identity of a load balancer's token.
func ofLoadBalancer(user *alb.Identity) Identity {
	username := ""
	if raw, ok := user.Claim("username"); ok {
		_ = json.Unmarshal(raw, &username) // a claim of another kind is no name
	}
	return Identity{
		Subject: user.Subject(), Username: username, ClientID: user.ClientID(), UserPool: cognito.UserPoolID(user.Issuer()),
		Email: user.Email(), EmailVerified: user.EmailVerified(), ExpiresAt: user.ExpiresAt(), claims: user,
	}
}
