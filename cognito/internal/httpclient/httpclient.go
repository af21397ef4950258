package httpclient

import (
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

// WithoutRedirects returns a copy of client that follows no redirects and keeps no cookies: the
// caller trusts an answer because of the address that it asked, and a redirect would pass tokens
// on.
func WithoutRedirects(client http.Client) *http.Client {
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client.Jar = nil
	return &client
}
