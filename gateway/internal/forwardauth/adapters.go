package forwardauth

import "net/http"

// An adapter is the contract with one proxy.
type adapter struct {
	// path is the address, without a query.
	path string
	// method, host and target are the headers with the original request, in the canonical
	// form of net/http. host is "" where target is an address with a host.
	method, host, target string
	// client is the header with the addresses that the request came through, in the form of
	// X-Forwarded-For. The proxy overwrites it, or appends the address of its client.
	client string
	// allowed is the status of an allowed request.
	allowed int
	// denied returns the status that the proxy gets for a status of the table of codes.
	denied func(status int) int
}

var adapters = []adapter{
	{
		path: "/forward-auth/nginx", method: "X-Original-Method", host: "X-Original-Host", target: "X-Original-Uri",
		client: "X-Original-Forwarded-For", allowed: http.StatusNoContent, denied: authRequestStatus,
	},
	{
		path: "/forward-auth/ingress-nginx", method: "X-Original-Method", target: "X-Original-Url",
		client: "X-Forwarded-For", allowed: http.StatusNoContent, denied: authRequestStatus,
	},
	{
		path: "/forward-auth/traefik", method: "X-Forwarded-Method", host: "X-Forwarded-Host", target: "X-Forwarded-Uri",
		client: "X-Forwarded-For", allowed: http.StatusOK, denied: sameStatus,
	},
	{
		path: "/forward-auth/caddy", method: "X-Forwarded-Method", host: "X-Forwarded-Host", target: "X-Forwarded-Uri",
		client: "X-Forwarded-For", allowed: http.StatusOK, denied: sameStatus,
	},
	{
		path: "/forward-auth/haproxy", method: "X-Original-Method", host: "X-Original-Host", target: "X-Original-Uri",
		client: "X-Original-Forwarded-For", allowed: http.StatusOK, denied: sameStatus,
	},
}

// Paths returns the addresses of the package, one for each proxy.
func Paths() []string {
	paths := make([]string, 0, len(adapters))
	for n := range adapters {
		paths = append(paths, adapters[n].path)
	}
	return paths
}

// authRequestStatus is for nginx's auth_request, which knows 401 and 403 as denials. Every
// other status is a fault to it; the snippet turns that into 503.
func authRequestStatus(status int) int {
	switch status {
	case http.StatusUnauthorized, http.StatusServiceUnavailable:
		return status
	}
	return http.StatusForbidden
}

func sameStatus(status int) int { return status }
