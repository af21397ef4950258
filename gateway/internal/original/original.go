package original

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// The headers of a load balancer, in the canonical form of net/http.
const (
	balancerData        = "X-Amzn-Oidc-Data"
	balancerIdentity    = "X-Amzn-Oidc-Identity"
	balancerAccessToken = "X-Amzn-Oidc-Accesstoken"
)

// Request returns the original request. The texts are as the client sent them, and header has
// its headers, with the canonical names of net/http. Header fields that occur more than once
// are joined with commas (RFC 9110 §5.2), so that they equal no single value.
func Request(method, host, target string, header http.Header) authz.Request {
	return authz.Request{
		Method: method, Host: host, Target: target,
		Bearer:                     credential(target, header),
		LoadBalancer:               loadBalancer(header),
		Origin:                     joined(header["Origin"]),
		AccessControlRequestMethod: joined(header["Access-Control-Request-Method"]),
	}
}

func joined(values []string) string {
	if len(values) == 1 {
		return values[0]
	}
	return strings.Join(values, ", ")
}

// credential reads the bearer token. A token in the query of the target is a second
// credential (RFC 6750 §2).
func credential(target string, header http.Header) authz.Bearer {
	_, query, _ := strings.Cut(target, "?")
	if len(header["Authorization"]) == 0 && query == "" {
		return authz.Bearer{}
	}
	token, err := bearer.Credential(&http.Request{Header: header, URL: &url.URL{RawQuery: query}})
	return authz.Bearer{Token: cognito.Raw(token), Err: err}
}

func loadBalancer(header http.Header) (b authz.LoadBalancer) {
	if len(header[balancerData])+len(header[balancerIdentity])+len(header[balancerAccessToken]) == 0 {
		return b
	}
	for _, name := range []string{balancerData, balancerIdentity, balancerAccessToken} {
		values := header[name]
		// A proxy may have joined them with a comma. A token has no comma, but a subject may.
		if len(values) > 1 || len(values) == 1 && name != balancerIdentity && strings.Contains(values[0], ",") {
			b.Err = cognito.NewError(cognito.ErrRequestInvalid, "the request has more than one header "+strings.ToLower(name))
			return b
		}
	}
	b.Data = cognito.Raw(header.Get(balancerData))
	b.Identity = header.Get(balancerIdentity)
	b.AccessToken = cognito.Raw(header.Get(balancerAccessToken))
	return b
}
