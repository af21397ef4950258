package cognitotest

import (
	"net/http"
	"slices"

	"github.com/poolguard/poolguard/cognito/alb"
)

// A LoadBalancer is an Application Load Balancer that signs users of a [Pool] in. It makes the headers
// that it adds to requests, and its keys are at AWS's address of the pool's region, in process. It is
// safe for concurrent use.
//
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding
type LoadBalancer struct{ *Signer }

// LoadBalancer returns the load balancer with this name, of letters, digits and hyphens. The same name
// is the same load balancer. The verifiers of others accept no token that it signed.
func (p *Pool) LoadBalancer(name string) *LoadBalancer {
	return &LoadBalancer{p.signerOf(kindLoadBalancer, name)}
}

// Config returns the configuration of a verifier that accepts the tokens of this load balancer, for the
// app clients of the pool. It gets the keys from the issuer and uses its clock.
func (b *LoadBalancer) Config() alb.Config {
	if b.isZero() {
		return alb.Config{}
	}
	return alb.Config{Signers: []string{b.arn}, ClientIDs: slices.Clone(b.pool.clientIDs), Issuers: []string{b.pool.Issuer()}, Options: b.options()}
}

// Data returns a value of x-amzn-oidc-data: a token of ES256 with padding, with the claims of userInfo
// as strings. It is valid for two minutes and has the form of AWS's tokens, except for the changes by
// options. [Claim] changes the payload and [Header] the header, where iss, client, signer and exp are.
func (b *LoadBalancer) Data(options ...TokenOption) string { return b.draft().mint(options) }

// SignIn adds to a request what the load balancer adds for a user who signed in: x-amzn-oidc-data,
// x-amzn-oidc-identity and x-amzn-oidc-accesstoken. The options change the access token; the other
// headers are for its user and app client. To break a header, set it afterwards, for example to
// Data(Expired()). It makes the header of a request that has none, and ignores a nil request.
func (b *LoadBalancer) SignIn(r *http.Request, options ...TokenOption) {
	pool := &Pool{}
	if !b.isZero() {
		pool = b.pool
	}
	access := pool.accessDraft()
	token := access.mint(options)
	subject := access.payload.string("sub")
	data := b.Data(ForSubject(subject), ForClient(access.payload.string("client_id")), Claim("username", access.payload.string("username")))
	setHeaders(r, map[string]string{"X-Amzn-Oidc-Data": data, "X-Amzn-Oidc-Identity": subject, "X-Amzn-Oidc-Accesstoken": token})
}

// A VerifiedAccess is an instance of AWS Verified Access whose OIDC provider is a [Pool]. It makes the
// header that the instance adds to requests. It is safe for concurrent use.
//
// https://docs.aws.amazon.com/verified-access/latest/ug/user-claims-passing.html
type VerifiedAccess struct{ *Signer }

// VerifiedAccess returns the instance with this name. The same name is the same instance.
func (p *Pool) VerifiedAccess(name string) *VerifiedAccess {
	return &VerifiedAccess{p.signerOf(kindVerifiedAccess, name)}
}

// Config returns the configuration of a verifier that accepts the tokens of this instance. It gets the
// keys from the issuer and uses its clock.
func (a *VerifiedAccess) Config() alb.VerifiedAccessConfig {
	if a.isZero() {
		return alb.VerifiedAccessConfig{}
	}
	return alb.VerifiedAccessConfig{Instances: []string{a.arn}, Issuers: []string{a.pool.Issuer()}, Options: a.options()}
}

// UserContext returns a value of x-amzn-ava-user-context: a token of ES384. It is valid except for the
// changes by options, as [LoadBalancer.Data] is.
func (a *VerifiedAccess) UserContext(options ...TokenOption) string { return a.draft().mint(options) }

// SignIn adds x-amzn-ava-user-context to a request, as the instance does for a user who signed in. It
// makes the header of a request that has none, and ignores a nil request.
func (a *VerifiedAccess) SignIn(r *http.Request, options ...TokenOption) {
	setHeaders(r, map[string]string{"X-Amzn-Ava-User-Context": a.UserContext(options...)})
}

func setHeaders(r *http.Request, values map[string]string) {
	if r == nil {
		return
	}
	if r.Header == nil {
		r.Header = http.Header{}
	}
	for name, value := range values {
		r.Header.Set(name, value)
	}
}
