// Package resources serves the documents by which OAuth clients find out how to sign in for a
// service behind the gateway. Clients of the Model Context Protocol (MCP) know nothing else
// than the URL of the service.
//
// It owns which documents there are for a host, and which of them a denial names in its
// challenge. The documents are those of package metadata: protected-resource metadata (RFC
// 9728), the metadata of an authorization server (RFC 8414), and client registration (RFC
// 7591), which always answers with one public app client.
//
// It never sees a token and decides nothing. The documents are public, so every caller may
// read them.
package resources
