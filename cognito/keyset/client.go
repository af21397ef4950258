package keyset

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

const mostRedirects = 3

// restrict returns a copy of client, or a client of our own, that follows
// redirects only within the origin of address: the keys are trusted because of
// the address that was configured, and a redirect must not hand that trust on,
// nor leave https.
func restrict(client *http.Client, address *url.URL) *http.Client {
	if client == nil {
		client = &http.Client{Transport: ownTransport()}
	}
	restricted, next := *client, client.CheckRedirect
	restricted.CheckRedirect = func(request *http.Request, via []*http.Request) error {
		if origin(request.URL) != origin(address) {
			return fmt.Errorf("the answer redirects to another origin, %s", quote(origin(request.URL)))
		}
		if len(via) > mostRedirects {
			return fmt.Errorf("the answer redirects more than %d times", mostRedirects)
		}
		if next != nil {
			return next(request, via)
		}
		return nil
	}
	return &restricted
}

// origin returns scheme, host and port (RFC 6454 §4) as one text.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// ownTransport keeps no connections: a set is fetched about once an hour, and an
// idle connection would hold two goroutines and a timer for nothing. Its time-outs
// are not those of a fetch, which Policy.Timeout bounds: they end the dialling that
// package http lets go on after the request that wanted it has given up.
func ownTransport() *http.Transport {
	transport := httpclient.NewTransport()
	transport.DisableKeepAlives = true
	return transport
}
