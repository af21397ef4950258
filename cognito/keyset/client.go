package keyset

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

const mostRedirects = 3

// restrict returns a copy of client, or a client of our own, that follows
// redirects only within the origin of own: the keys are trusted because of
// the address that was configured, and a redirect must not hand that trust on,
// nor leave https.
func restrict(client *http.Client, own *url.URL) *http.Client {
	if client == nil {
		client = &http.Client{Transport: ownTransport()}
	}
	restricted, next := *client, client.CheckRedirect
	restricted.CheckRedirect = func(request *http.Request, via []*http.Request) error {
		if address.OriginOf(request.URL) != address.OriginOf(own) {
			return fmt.Errorf("the answer redirects to another origin, %s", quote(address.OriginOf(request.URL)))
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

// ownTransport keeps no connections: a set is fetched about once an hour, and an
// idle connection would hold two goroutines and a timer for nothing. Its time-outs
// are not those of a fetch, which Policy.Timeout bounds: they end the dialling that
// package http lets go on after the request that wanted it has given up.
func ownTransport() *http.Transport {
	transport := httpclient.NewTransport()
	transport.DisableKeepAlives = true
	return transport
}
