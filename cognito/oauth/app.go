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

// DefaultTimeout is how long a request may take where [App.Timeout] is 0.
const DefaultTimeout = 10 * time.Second

const longestTimeout = 5 * time.Minute

// An App is an app client of a user pool, and the way to it. Domain and ClientID must
// be set.
type App struct {
	// Domain is where the pool's OAuth endpoints are: an origin such as
	// https://auth.example.com or https://example.auth.us-east-1.amazoncognito.com,
	// https, or http with a loopback address. It is not the issuer.
	// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-userpools-server-contract-reference.html
	Domain string

	// ClientID is that of the app client.
	ClientID string

	// ClientSecret is that of a confidential app client, which is sent by HTTP Basic
	// (RFC 6749 §2.3.1). "" means a public one, which is named in the form.
	ClientSecret Secret

	// HTTPClient sends the requests: for a certificate authority or a proxy of one's
	// own. It is copied and not modified. Redirects are not followed and cookies not
	// kept, with any client. Its transport must end a request whose context is done.
	// Where several callers share a request, one that panics counts as one that fails.
	// nil is one that honours the environment's proxy settings.
	HTTPClient *http.Client

	// Timeout is how long one request may take, its answer's body included: 0 for
	// [DefaultTimeout], at most five minutes.
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
		faults.Add("ClientID", "is empty")
	case !isPrintable(a.ClientID) || len(a.ClientID) > longestArgument:
		faults.Add("ClientID", "is too long, or has white space or other than printable ASCII in it")
	}
	if !isPrintable(string(a.ClientSecret)) {
		faults.Add("ClientSecret", "has white space or other than printable ASCII in it")
	}
	if a.Timeout < 0 || a.Timeout > longestTimeout {
		faults.Add("Timeout", "is %s, not from 0 to %s", a.Timeout, longestTimeout)
	}
}

func isPrintable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// checkScopes wants scope tokens (RFC 6749 §3.3), each once.
func checkScopes(faults configerror.Faults, scopes []string) {
	for n, s := range scopes {
		switch {
		case s == "" || !isPrintable(s) || strings.ContainsAny(s, `"\`):
			faults.Add(fmt.Sprintf("Scopes[%d]", n), "%.100q is not a scope", s)
		case slices.Contains(scopes[:n], s):
			faults.Add(fmt.Sprintf("Scopes[%d]", n), "repeats %.100q", s)
		}
	}
}

// endpoint returns the address of one of Cognito's paths.
func (a *App) endpoint(path string) string { return strings.TrimSuffix(a.Domain, "/") + path }

// oauth2 is the app client as x/oauth2 has it. How it authenticates is said, so that
// x/oauth2 does not try both ways: a code is good for one attempt.
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

// withDefaults fills in what was left out. The caller's HTTP client stays as it is.
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
