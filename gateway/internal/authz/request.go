package authz

import (
	"net/netip"

	"github.com/poolguard/poolguard/cognito"
)

// A Request is what an adapter knows of the original request. Texts are as the client sent
// them.
type Request struct {
	// Method is the method, in the letter case of the request.
	Method string
	// Host is the host, with or without its port.
	Host string
	// Target is the path with the query. It must not be cleaned, decoded or encoded: see
	// requestpath.Parse.
	Target string

	// Bearer is the bearer token.
	Bearer Bearer
	// LoadBalancer is what a load balancer added.
	LoadBalancer LoadBalancer

	// Origin is the header Origin.
	Origin string
	// AccessControlRequestMethod is the header of that name, which CORS preflights have.
	AccessControlRequestMethod string

	// Client is the address that the request came from. No rule reads it: it is for the limit of
	// forged tokens. The zero value is an unknown address.
	Client netip.Addr
}

// Bearer is the result of bearer.Credential for the original request: the token, unverified,
// or the error. The zero value is a request without an Authorization header.
type Bearer struct {
	Token cognito.Raw
	// Err is nil where there is a token. With cognito.ErrTokenMissing there is no bearer token;
	// every other error denies the request, unless its rule is anonymous.
	Err error
}

// LoadBalancer has the headers of an Application Load Balancer. The zero value is a request
// without them.
type LoadBalancer struct {
	Data        cognito.Raw // x-amzn-oidc-data
	Identity    string      // x-amzn-oidc-identity
	AccessToken cognito.Raw // x-amzn-oidc-accesstoken
	// Err is why the headers cannot be read, such as that one of them is repeated.
	Err error
}

// The methods that have a meaning of their own here.
const (
	methodConnect = "CONNECT"
	methodOptions = "OPTIONS"
)

// isPreflight reports whether r is a CORS preflight (WHATWG Fetch §4.8).
func (r *Request) isPreflight() bool {
	return r.Method == methodOptions && r.Origin != "" && r.AccessControlRequestMethod != ""
}
