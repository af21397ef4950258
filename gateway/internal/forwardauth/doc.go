// Package forwardauth answers proxies that ask about a request before they pass it on:
// nginx, ingress-nginx, Traefik, Caddy and HAProxy.
//
// Each proxy has an address of its own, and the address reads the headers of that proxy
// only: a proxy passes headers of others through from the client. The package owns these
// addresses, the reading of the original request, and the form of the answer that each
// proxy understands.
//
// It reads nothing else of the caller's request: not the query of its own address, to which
// proxies append the client's query, and not the scheme. It never decides: that is package
// authz.
package forwardauth
