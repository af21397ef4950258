package directory

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/poolguard/poolguard/userpool/internal/address"
)

// Bounds and defaults of what a client's tokens live.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
const (
	DefaultTokenValidity     = time.Hour // of access and ID tokens
	DefaultRefreshValidity   = 30 * 24 * time.Hour
	DefaultChallengeValidity = 3 * time.Minute

	minTokenValidity     = 5 * time.Minute
	maxTokenValidity     = 24 * time.Hour
	minRefreshValidity   = time.Hour
	maxRefreshValidity   = 3650 * 24 * time.Hour
	maxRotationGrace     = time.Minute
	minChallengeValidity = 3 * time.Minute
	maxChallengeValidity = 15 * time.Minute
)

// ProviderCognito is the pool's own directory among a client's Providers.
const ProviderCognito = "COGNITO"

// The values of AuthFlows: those of before 2019, and those of today.
var (
	legacyAuthFlows = []string{"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"}
	modernAuthFlows = []string{
		"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH",
		allowRefresh, "ALLOW_USER_AUTH",
	}
)

const allowRefresh = "ALLOW_REFRESH_TOKEN_AUTH"

// Faults returns all that is wrong with a client of the pool. scopes are those of
// the pool's resource servers, as "<identifier>/<name>"; providers are the names
// of the pool's external ones. Validities of 0 stand for the defaults.
func (c *Client) Faults(pool *Pool, scopes, providers []string) []Fault {
	var f faults
	if !clientIDPattern.MatchString(c.ID) {
		f.add("ID", "%q is not 1 to 128 letters, digits, _ + -", c.ID)
	}
	if c.Name != "" && !labelPattern.MatchString(c.Name) {
		f.add("Name", "%q is not 1 to 128 letters, digits, spaces and _ + = , . @ -", c.Name)
	}
	if c.Secret != "" && !clientIDPattern.MatchString(string(c.Secret)) {
		f.add("Secret", "must be 1 to 128 letters, digits, _ + -")
	}
	c.oauthFaults(&f)
	c.scopeFaults(&f, scopes)
	c.redirectFaults(&f)
	for i, p := range c.Providers {
		if p != ProviderCognito && !slices.Contains(providers, p) {
			f.add(fmt.Sprintf("Providers[%d]", i), "%q is neither COGNITO nor one of the pool's identity providers", p)
		}
	}
	c.authFlowFaults(&f)
	c.lifetimeFaults(&f)
	c.attributeFaults(&f, pool)
	return f
}

func (c *Client) oauthFaults(f *faults) {
	for i, flow := range c.OAuthFlows {
		if flow != FlowCode && flow != FlowImplicit && flow != FlowClientCredentials {
			f.add(fmt.Sprintf("OAuthFlows[%d]", i), "%q is not one of code, implicit, client_credentials", flow)
		}
	}
	withUser := c.AllowsOAuth(FlowCode) || c.AllowsOAuth(FlowImplicit)
	if c.AllowsOAuth(FlowClientCredentials) {
		if c.Secret == "" {
			f.add("Secret", "required by the client_credentials flow")
		}
		if withUser {
			f.add("OAuthFlows", "client_credentials cannot be combined with the flows of users (code, implicit)")
		}
	}
	if withUser && len(c.CallbackURLs) == 0 {
		f.add("CallbackURLs", "required by the code flow and by the implicit flow")
	}
	if len(c.OAuthFlows) > 0 && len(c.Scopes) == 0 {
		f.add("Scopes", "required by the OAuth flows")
	}
}

func (c *Client) scopeFaults(f *faults, scopes []string) {
	for i, s := range c.Scopes {
		at := fmt.Sprintf("Scopes[%d]", i)
		switch {
		case !slices.Contains(standardScopes, s) && !slices.Contains(scopes, s):
			f.add(at, "%q is neither a standard scope nor one of the pool's resource servers", s)
		case c.AllowsOAuth(FlowClientCredentials) && slices.Contains(standardScopes, s):
			f.add(at, "%q needs a user: a machine client has custom scopes only", s)
		case slices.Contains(c.Scopes[:i], s):
			f.add(at, "%q is used twice", s)
		}
	}
}

func (c *Client) redirectFaults(f *faults) {
	for i, u := range c.CallbackURLs {
		redirectFaults(f, fmt.Sprintf("CallbackURLs[%d]", i), u)
	}
	for i, u := range c.SignOutURLs {
		redirectFaults(f, fmt.Sprintf("SignOutURLs[%d]", i), u)
	}
	if c.DefaultRedirectURI != "" && !slices.Contains(c.CallbackURLs, c.DefaultRedirectURI) {
		f.add("DefaultRedirectURI", "%q is not one of the callback URLs", c.DefaultRedirectURI)
	}
}

func (c *Client) authFlowFaults(f *faults) {
	var legacy, modern bool
	for i, flow := range c.AuthFlows {
		switch at := fmt.Sprintf("AuthFlows[%d]", i); {
		case slices.Contains(legacyAuthFlows, flow):
			legacy = true
		case slices.Contains(modernAuthFlows, flow):
			modern = true
		default:
			f.add(at, "%q is not one of %s", flow, strings.Join(modernAuthFlows, ", "))
		}
	}
	if legacy && modern {
		f.add("AuthFlows", "names that begin with ALLOW_ cannot be combined with names that do not")
	}
	if c.Rotation && slices.Contains(c.AuthFlows, allowRefresh) {
		f.add("AuthFlows", "%s is not allowed if refresh tokens rotate: clients then use GetTokensFromRefreshToken", allowRefresh)
	}
}

func (c *Client) lifetimeFaults(f *faults) {
	check := func(name string, d, low, high time.Duration) {
		if d != 0 && (d < low || d > high || d%time.Second != 0) {
			f.add(name, "%v is not in whole seconds from %v to %v", d, low, high)
		}
	}
	refresh := c.RefreshValidity
	check("RefreshValidity", refresh, minRefreshValidity, maxRefreshValidity)
	if refresh == 0 {
		refresh = DefaultRefreshValidity
	}
	check("AccessValidity", c.AccessValidity, minTokenValidity, min(maxTokenValidity, refresh))
	check("IDValidity", c.IDValidity, minTokenValidity, min(maxTokenValidity, refresh))
	if d := c.ChallengeValidity; d != 0 && (d < minChallengeValidity || d > maxChallengeValidity || d%time.Minute != 0) {
		f.add("ChallengeValidity", "%v is not in whole minutes from %v to %v", d, minChallengeValidity, maxChallengeValidity)
	}
	if g := c.RotationGrace; g < 0 || g > maxRotationGrace || g%time.Second != 0 {
		f.add("RotationGrace", "%v is not in whole seconds from 0 to %v", g, maxRotationGrace)
	} else if g != 0 && !c.Rotation {
		f.add("RotationGrace", "is set, but rotation is not enabled")
	}
}

// attributeFaults refuses the …_verified attributes to writers: clients cannot
// say what the pool found out. The sub and the identities are there to read.
func (c *Client) attributeFaults(f *faults, pool *Pool) {
	for i, name := range c.ReadAttributes {
		if name != "sub" && name != "identities" && !pool.HasAttribute(name) {
			f.add(fmt.Sprintf("ReadAttributes[%d]", i), "%q is not an attribute of the pool", name)
		}
	}
	for i, name := range c.WriteAttributes {
		if name == "email_verified" || name == "phone_number_verified" || !pool.HasAttribute(name) {
			f.add(fmt.Sprintf("WriteAttributes[%d]", i), "%q is not an attribute of the pool that clients can write", name)
		}
	}
}

// unsafeSchemes would run in, or read from, the browser that is redirected.
var unsafeSchemes = []string{"about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"}

// looksLikeHost finds an address without a scheme: the host before its port would count as
// the scheme.
var looksLikeHost = regexp.MustCompile(`^[A-Za-z0-9.-]+:[0-9]+(?:/|$)`)

func redirectFaults(f *faults, field, raw string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || !u.IsAbs() || len(raw) > 1024 || strings.ContainsAny(raw, " \\\r\n\t"):
		f.add(field, "%q is not an absolute URL of at most 1024 characters", raw)
	case !utf8.ValidString(raw) || strings.ContainsFunc(raw, isInvisible):
		f.add(field, "%q has characters that do not show, such as control characters and marks of direction; remove or percent-encode them", raw)
	case strings.Contains(raw, "#"):
		f.add(field, "%q has a fragment", raw)
	case slices.Contains(unsafeSchemes, u.Scheme):
		f.add(field, "%q: scheme %s is not safe to redirect to", raw, u.Scheme)
	case looksLikeHost.MatchString(raw):
		f.add(field, "%q has no scheme; start it with http:// or https://", raw)
	case u.Scheme != "https" && u.Scheme != "http":
		// An application's own scheme (RFC 8252 §7.1).
	case u.Scheme == "http" && u.User == nil && !slices.Contains(plainHTTPHosts, u.Hostname()):
		f.add(field, "%q: plain http is for localhost, 127.0.0.1 and [::1] only", raw)
	default:
		if _, reason := address.Parse(raw, address.Rules{PathAndQuery: true}); reason != "" {
			f.add(field, "%s", reason)
		}
	}
}

// isInvisible reports whether r has no shape. Cognito accepts letters, marks, numbers,
// punctuation and symbols in a redirect URI, which excludes most of them. Of these kinds,
// the default ignorable code points (UAX #44) and the blank of braille do not show either.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
func isInvisible(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S) || r == '\u2800' ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// plainHTTPHosts are the hosts of redirect URIs without TLS. Cognito's rule is narrower
// than [address.IsLoopbackHost]: it compares the text, and accepts no other address.
// https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-app-idp-settings.html
var plainHTTPHosts = []string{"localhost", "127.0.0.1", "::1"}

// AuthFlowNames returns what AuthFlows may hold, names of before 2019 first.
func AuthFlowNames() []string { return slices.Concat(legacyAuthFlows, modernAuthFlows) }
