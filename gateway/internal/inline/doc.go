// Package inline applies the rules to the requests of a server in this process. There is no
// proxy that asks: the server itself has the request, and it calls the package before the
// handler or the service that the rules protect.
//
// The package owns the reading of the request, the removal of identity headers that the
// client sent, and the headers that the service gets. It does not decide; that is package
// authz.
package inline
