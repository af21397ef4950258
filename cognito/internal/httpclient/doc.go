// Package httpclient has the default HTTP transport of the library. Packages keyset, alb, oauth
// and revocation fetch with it if the caller sets no HTTP client.
//
// It owns the limits of a connection. It sends no request, and the time-outs of whole requests
// belong to its callers.
package httpclient
