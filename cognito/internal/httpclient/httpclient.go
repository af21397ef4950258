package httpclient

import (
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

const connectTimeout = 10 * time.Second

// NewTransport returns a transport with the proxy settings of the environment. It limits the time
// to connect and the size of an answer's header. Package net/http goes on dialling after the
// request that needed the connection has ended: the time-outs end that too. The caller owns the
// transport and may change it before its first use.
func NewTransport() *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:    connectTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
}

// NewCredentialTransport returns NewTransport for requests with a credential. It keeps no idle
// HTTP/1 connection: package net/http writes what a peer sends on one to the standard logger,
// and a peer that echoes the request would put the credential there. HTTP/2 connections are
// kept for 30 seconds without a request.
//
// An HTTP/1 peer thus costs a connection for each request. Over TLS, sessions are resumed,
// which saves the check of the certificate.
func NewCredentialTransport() *http.Transport {
	transport := NewTransport()
	// DisableKeepAlives would also close HTTP/2 connections. A negative number does not: they
	// have a pool of their own.
	transport.MaxIdleConnsPerHost = -1
	transport.IdleConnTimeout = 30 * time.Second
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(0)}
	return transport
}

// WithoutRedirects returns a copy of client that follows no redirects and keeps no cookies: the
// caller trusts an answer because of the address that it asked, and a redirect would pass tokens
// on.
func WithoutRedirects(client http.Client) *http.Client {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	return &client
}
