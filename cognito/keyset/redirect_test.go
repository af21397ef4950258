package keyset_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestCallersRedirectRuleDecides: a redirect that the caller's client forbids is not
// followed, although it stays within the origin.
func TestCallersRedirectRuleDecides(t *testing.T) {
	e := &endpoint{}
	e.set(func(request *http.Request) (*http.Response, error) {
		if request.URL.Path != "/set" {
			return respond(http.StatusFound, "", "Location", "/set")(request)
		}
		return respond(200, setOne())(request)
	})
	forbidden := errors.New("no redirects here")
	source := remote(t, e, func(c *keyset.RemoteConfig) {
		c.HTTPClient.CheckRedirect = func(*http.Request, []*http.Request) error { return forbidden }
	})
	if err := source.Load(t.Context()); !errors.Is(err, forbidden) {
		t.Errorf("got %v", err)
	}
}

// TestStandardPortIsTheSameOrigin (RFC 6454 §4): https and 443, http and 80.
func TestStandardPortIsTheSameOrigin(t *testing.T) {
	for from, to := range map[string]string{
		"https://idp.example.com/jwks": "https://IDP.example.com:443/set",
		"http://127.0.0.1/jwks":        "http://127.0.0.1:80/set",
	} {
		e := &endpoint{}
		e.set(func(request *http.Request) (*http.Response, error) {
			if request.URL.Path != "/set" {
				return respond(http.StatusFound, "", "Location", to)(request)
			}
			return respond(200, setOne())(request)
		})
		source := remote(t, e, func(c *keyset.RemoteConfig) { c.URL = from })
		if err := source.Load(t.Context()); err != nil {
			t.Errorf("from %s to %s: %v", from, to, err)
		}
	}
}

// TestCauseOfAFailureIsVisible to errors.Is, except that of a context.
func TestCauseOfAFailureIsVisible(t *testing.T) {
	e := &endpoint{}
	cause := errors.New("connection refused")
	e.set(func(*http.Request) (*http.Response, error) { return nil, cause })
	err := remote(t, e).Load(t.Context())
	if !errors.Is(err, cause) || !strings.Contains(err.Error(), "there is no key set from "+address) {
		t.Errorf("got %v", err)
	}
	e.set(respondCutOff)
	if err = remote(t, e).Load(t.Context()); !errors.Is(err, io.ErrUnexpectedEOF) || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("got %v", err)
	}
}

// respondCutOff answers with a body that ends too early.
func respondCutOff(request *http.Request) (*http.Response, error) {
	response, err := respond(200, "")(request)
	response.Body = io.NopCloser(io.MultiReader(strings.NewReader("{"), brokenReader{}))
	response.ContentLength = -1
	return response, err
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
