// Package callers decides whether the gateway trusts the program that calls it to describe
// the request of another client.
//
// It owns the list of trusted proxies. A caller is trusted on a Unix socket, with a client
// certificate that the listener verified, or from an address of the list. Without a list
// no address is trusted.
//
// It also finds the address of the client behind the trusted proxies.
//
// No header makes a caller trusted: a client can write any of them.
package callers
