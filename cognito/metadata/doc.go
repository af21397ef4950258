// Package metadata serves the documents by which OAuth clients find out how to sign in to a
// server. One is protected-resource metadata (RFC 9728). The other is the metadata of an
// authorization server (RFC 8414) with client registration (RFC 7591), which Amazon Cognito does
// not have. Servers of the Model Context Protocol (MCP) need both.
//
//	const self = "https://mcp.example.com"
//	resource, err := metadata.NewResource(metadata.Resource{
//		URL: self + "/mcp", AuthorizationServers: []string{self}, Scopes: []string{"mcp/call"},
//	})
//	server, err := metadata.NewAuthorizationServer(metadata.AuthorizationServer{
//		URL: self, Domain: "https://auth.example.com", Scopes: []string{"mcp/call"},
//		ClientID: "1example23456789", RedirectURIs: []string{"http://localhost:3118/callback"},
//	})
//	resource.Register(mux)
//	server.Register(mux)
//	protect, err := bearer.Middleware(bearer.Config{Verifier: verifier, ResourceMetadata: resource.MetadataURL()})
//
// The package owns these documents and the answers to registrations. It keeps no state and makes
// no request: each registration gets the same public app client. It never sees a token or a
// password, because clients sign in at Cognito's own endpoints.
//
// # The issuer
//
// RFC 8414 §3.3 requires that the issuer in the document is the URL that the client fetched it
// from, so it is the server's own origin. Clients of MCP check that. The tokens have Cognito's
// issuer, and the verifier checks that one. A client that also verifies ID tokens would compare
// their iss with the document and reject them, so do not offer the scope openid here. Cognito
// sends no iss parameter with a code (RFC 9207), and the document does not promise one.
package metadata
