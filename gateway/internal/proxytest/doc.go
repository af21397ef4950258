// Package proxytest has no code of the gateway. Its tests run the snippets of package
// snippets in real proxies, between a client, the gateway and a service. The same tests run
// package inline in a proxy of Go, which asks no gateway.
//
// The tests need nginx, HAProxy and Caddy; a test whose program is missing is skipped, and
// it fails with CI=true. Traefik and Envoy are run where the variables TRAEFIK and ENVOY
// name a program.
package proxytest
