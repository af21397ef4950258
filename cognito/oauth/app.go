package oauth

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// DefaultTimeout is the default of [App.Timeout].
const DefaultTimeout = 10 * time.Second

const longestTimeout = 5 * time.Minute

// An App is an app client of a user pool, and the address of its endpoints. Domain and
// ClientID must be set.
type App struct {
	// Domain is the origin of the pool's OAuth endpoints, such as
	// https://auth.example.com or https://example.auth.us-east-1.amazoncognito.com. It
	// must be https, or http with a loopback address. It is not the issuer.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
	Domain string

	// ClientID is the ID of the app client.
	ClientID string

	// ClientSecret is the secret of a confidential app client. It is sent by HTTP Basic
	// (RFC 6749 §2.3.1). "" means a public client, whose ID is sent in the form.
	ClientSecret Secret

	// HTTPClient sends the requests, for example with your own certificate authority or
	// proxy. It is copied and not modified. No client follows redirects or keeps cookies
	// here. Its transport must end a request when its context ends. If callers share a
	// request and the transport panics, the request counts as failed. nil is a client
	// with the proxy settings of the environment. It keeps connections with HTTP/2 only:
	// package net/http writes what a peer sends on an idle HTTP/1 connection to the
	// standard logger, and that may be a token or the client secret. For a client of your
	// own, consider [http.Transport.DisableKeepAlives].
	HTTPClient *http.Client

	// Timeout limits one request, including the body of its answer. 0 means
	// [DefaultTimeout]. The maximum is five minutes.
	Timeout time.Duration

	// Now returns the time; nil is time.Now. It must be safe for concurrent use.
	Now func() time.Time
}

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

func (a *App) validate(faults configerror.Faults) {
	if _, reason := address.Parse(a.Domain, address.Rules{}); reason != "" {
		faults.Add("Domain", "%s", reason)
	}
	switch {
	case a.ClientID == "":
		faults.Add("ClientID", "is empty: set the ID of the app client")
	case !isPrintable(a.ClientID) || len(a.ClientID) > longestArgument:
		faults.Add("ClientID", "is too long, or has characters other than printable ASCII without spaces")
	}
	if !isPrintable(string(a.ClientSecret)) {
		faults.Add("ClientSecret", "has characters other than printable ASCII without spaces")
	}
	if a.Timeout < 0 || a.Timeout > longestTimeout {
		faults.Add("Timeout", "is out of range: got %s, want 0 to %s", a.Timeout, longestTimeout)
	}
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// checkScopes requires scope tokens (RFC 6749 §3.3), each once.
func checkScopes(faults configerror.Faults, scopes []string) {
	for n, s := range scopes {
		switch {
		case s == "" || !isPrintable(s) || strings.ContainsAny(s, `"\`):
			faults.Add(fmt.Sprintf("Scopes[%d]", n), "is not a scope: got %.100q", s)
		case slices.Contains(scopes[:n], s):
			faults.Add(fmt.Sprintf("Scopes[%d]", n), "repeats %.100q", s)
		}
	}
}

// endpoint returns the address of one of Cognito's paths.
func (a *App) endpoint(path string) string { return strings.TrimSuffix(a.Domain, "/") + path }

// oauth2 returns the app client for x/oauth2. It fixes the method of authentication, so
// that x/oauth2 does not try both: a code is valid for one attempt.
func (a *App) oauth2() oauth2.Config {
	style := oauth2.AuthStyleInHeader
	if a.ClientSecret == "" {
		style = oauth2.AuthStyleInParams
	}
	return oauth2.Config{
		ClientID: a.ClientID, ClientSecret: string(a.ClientSecret),
		Endpoint: oauth2.Endpoint{AuthURL: a.endpoint("/oauth2/authorize"), TokenURL: a.endpoint("/oauth2/token"), AuthStyle: style},
	}
}

// withDefaults sets the defaults. It does not change the caller's HTTP client.
func (a App) withDefaults() App {
	if a.Timeout == 0 {
		a.Timeout = DefaultTimeout
	}
	if a.Now == nil {
		a.Now = time.Now
	}
	a.HTTPClient = strict(a.HTTPClient)
	return a
}
