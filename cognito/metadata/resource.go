package metadata

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
//
// [cognito.ConfigError]: https://pkg.go.dev/github.com/poolguard/poolguard/cognito#ConfigError
type ConfigError = configerror.ConfigError

const resourcePrefix = "/.well-known/oauth-protected-resource"

// A Resource describes a protected resource (RFC 9728 §2). URL and AuthorizationServers must be
// set.
type Resource struct {
	// URL is the resource identifier, such as "https://mcp.example.com/mcp": https, or http with
	// a loopback host, without query and fragment. Clients of MCP use the URL that they connect
	// to. They send it to Cognito as the parameter resource, and the access token then has it in
	// aud (RFC 8707): require it with cognito.Config or cognito.RequireAudience. Cognito accepts
	// https, and http with the host localhost, but not with 127.0.0.1.
	//
	// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-define-resource-servers.html
	URL string

	// AuthorizationServers are the issuers of the authorization servers that issue tokens for the
	// resource: the URL of an [AuthorizationServer].
	AuthorizationServers []string

	// Scopes are the scopes that clients need for the resource.
	Scopes []string

	// Name is the name of the resource for people. "" leaves it out.
	Name string
}

// A ResourceHandler serves the document of a [Resource]. It is immutable.
type ResourceHandler struct {
	document
	url string
}

// NewResource returns the handler of the document. It reports every fault of r at once, each a
// [*ConfigError].
func NewResource(r Resource) (*ResourceHandler, error) {
	faults := configerror.In("metadata", "Resource")
	u := parseIdentifier(faults, "URL", r.URL, true)
	if len(r.AuthorizationServers) == 0 {
		faults.Add("AuthorizationServers", "is empty: name the URL of an AuthorizationServer")
	}
	for n, server := range r.AuthorizationServers {
		parseIdentifier(faults, fmt.Sprintf("AuthorizationServers[%d]", n), server, false)
	}
	checkScopes(faults, r.Scopes)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	path := wellKnown(resourcePrefix, u)
	return &ResourceHandler{
		document: newDocument(path, struct {
			Resource             string   `json:"resource"`
			AuthorizationServers []string `json:"authorization_servers"`
			Scopes               []string `json:"scopes_supported,omitempty"`
			BearerMethods        []string `json:"bearer_methods_supported"`
			Name                 string   `json:"resource_name,omitempty"`
		}{r.URL, slices.Clone(r.AuthorizationServers), slices.Clone(r.Scopes), []string{"header"}, r.Name}),
		url: u.Scheme + "://" + u.Host + path,
	}, nil
}

// MetadataURL returns the address of the document, for the challenge of a request without a token
// (RFC 9728 §5.1): see ResourceMetadata in the Config of package bearer. The path of the resource
// follows the well-known part: "https://mcp.example.com/.well-known/oauth-protected-resource/mcp".
func (h *ResourceHandler) MetadataURL() string { return h.url }

// Register adds the document to mux, under its path for every host.
func (h *ResourceHandler) Register(mux *http.ServeMux) { mux.Handle(h.path, h) }

// wellKnown inserts a well-known path between the host and the path of an identifier (RFC 9728
// §3.1, RFC 8414 §3.1).
func wellKnown(prefix string, u *url.URL) string {
	if u.Path == "/" {
		return prefix
	}
	return prefix + u.Path
}

// parseIdentifier reads an identifier that clients compare byte by byte.
func parseIdentifier(faults configerror.Faults, field, raw string, finalSlash bool) *url.URL {
	u, reason := address.Parse(raw, address.Rules{Path: true})
	switch {
	case reason != "":
		faults.Add(field, "%s", reason)
	case !isPlainPath(u.Path) || u.RawPath != "":
		faults.Add(field, "%.100q has a path with other characters than letters, digits and -._~, or with an empty or dotted segment", raw)
	case !finalSlash && u.Path != "" && u.Path[len(u.Path)-1] == '/':
		faults.Add(field, "%.100q ends in a slash; remove it, because clients compare the text", raw)
	}
	return u
}
