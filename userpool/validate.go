package userpool

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	poolIDPattern     = regexp.MustCompile(`^([a-z]+(?:-[a-z]+)+-[0-9]+)_[0-9A-Za-z]+$`)
	clientIDPattern   = regexp.MustCompile(`^[\w+-]{1,128}$`)
	namePattern       = regexp.MustCompile(`^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$`)
	customAttribute   = regexp.MustCompile(`^custom:[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}$`)
	scopeTokenPattern = regexp.MustCompile(`^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$`)       // RFC 6749 §3.3, without "/"
	resourcePattern   = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]{1,256}$`)                // may be a URL
	hostPattern       = regexp.MustCompile(`^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?$`) // safe in a CSP too
	standardAttribute = []string{
		"address", "birthdate", "email", "email_verified", "family_name", "gender", "given_name", "locale",
		"middle_name", "name", "nickname", "phone_number", "phone_number_verified", "picture",
		"preferred_username", "profile", "updated_at", "website", "zoneinfo",
	}
)

// faults gathers everything that is wrong with a Config, each by its field.
type faults []error

func (f *faults) add(field, format string, args ...any) {
	*f = append(*f, fmt.Errorf("%s: %s", field, fmt.Sprintf(format, args...)))
}

func (c *Config) validate() error {
	var f faults
	validatePublicURL(&f, c.PublicURL)
	switch c.IssuerForm {
	case "", IssuerLocal, IssuerOriginal, IssuerUpdated:
	default:
		f.add("IssuerForm", "%q is none of local, original, updated", c.IssuerForm)
	}
	poolIDs, clientIDs := map[string]bool{}, map[string]bool{}
	for i, p := range c.Pools {
		field := fmt.Sprintf("Pools[%d]", i)
		if len(p.ID) > 55 || !poolIDPattern.MatchString(p.ID) {
			f.add(field+".ID", "%q is not <region>_<letters and digits>", p.ID)
		} else if poolIDs[p.ID] {
			f.add(field+".ID", "%q is used twice", p.ID)
		}
		poolIDs[p.ID] = true
		p.validate(&f, field, clientIDs)
	}
	return errors.Join(f...)
}

func validatePublicURL(f *faults, raw string) {
	if raw == "" {
		f.add("PublicURL", "required, such as http://127.0.0.1:9229")
		return
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !hostPattern.MatchString(u.Host):
		f.add("PublicURL", "%q is not an http or https URL", raw)
	case u.Scheme+"://"+u.Host != raw:
		f.add("PublicURL", "%q has more than scheme, host and port", raw)
	}
}

func (p *Pool) validate(f *faults, field string, clientIDs map[string]bool) {
	allowed := slices.Clone(standardScopes)
	for i, rs := range p.ResourceServers {
		at := fmt.Sprintf("%s.ResourceServers[%d]", field, i)
		if !resourcePattern.MatchString(rs.Identifier) {
			f.add(at+".Identifier", "%q is not 1 to 256 printable ASCII characters without quotes, backslashes and spaces", rs.Identifier)
		}
		for j, s := range rs.Scopes {
			scope := rs.Identifier + "/" + s
			if !scopeTokenPattern.MatchString(s) || slices.Contains(allowed, scope) {
				f.add(fmt.Sprintf("%s.Scopes[%d]", at, j), "%q is used twice or not a scope name without a slash", s)
			}
			allowed = append(allowed, scope)
		}
	}
	for i, c := range p.Clients {
		at := fmt.Sprintf("%s.Clients[%d]", field, i)
		if !clientIDPattern.MatchString(c.ID) {
			f.add(at+".ID", "%q is not 1 to 128 letters, digits, _ + -", c.ID)
		} else if clientIDs[c.ID] {
			f.add(at+".ID", "%q is used twice on this server", c.ID)
		}
		clientIDs[c.ID] = true
		c.validate(f, at, allowed)
	}
	usernames := map[string]bool{}
	for i, u := range p.Users {
		at := fmt.Sprintf("%s.Users[%d]", field, i)
		if !namePattern.MatchString(u.Username) {
			f.add(at+".Username", "%q is not 1 to 128 characters without spaces", u.Username)
		} else if usernames[userKey(u.Username)] {
			f.add(at+".Username", "%q is used twice (case does not count)", u.Username)
		}
		usernames[userKey(u.Username)] = true
		u.validate(f, at)
	}
}

func (c *Client) validate(f *faults, field string, allowedScopes []string) {
	if c.Secret != "" && !clientIDPattern.MatchString(string(c.Secret)) {
		f.add(field+".Secret", "must be 1 to 128 letters, digits, _ + -")
	}
	c.validateFlows(f, field)
	for i, s := range c.Scopes {
		at := fmt.Sprintf("%s.Scopes[%d]", field, i)
		switch {
		case !slices.Contains(allowedScopes, s):
			f.add(at, "%q is neither a standard scope nor one of the pool's resource servers", s)
		case slices.Contains(c.Flows, FlowClientCredentials) && slices.Contains(standardScopes, s):
			f.add(at, "%q needs a user: a machine client has custom scopes only", s)
		case slices.Contains(c.Scopes[:i], s):
			f.add(at, "%q is used twice", s)
		}
	}
	for i, u := range c.CallbackURLs {
		validateRedirectURL(f, fmt.Sprintf("%s.CallbackURLs[%d]", field, i), u)
	}
	for i, u := range c.SignOutURLs {
		validateRedirectURL(f, fmt.Sprintf("%s.SignOutURLs[%d]", field, i), u)
	}
	c.validateLifetimes(f, field)
}

func (c *Client) validateFlows(f *faults, field string) {
	for i, flow := range c.Flows {
		if flow != FlowCode && flow != FlowClientCredentials {
			f.add(fmt.Sprintf("%s.Flows[%d]", field, i), "%q is neither code nor client_credentials", flow)
		}
	}
	if slices.Contains(c.Flows, FlowClientCredentials) {
		if c.Secret == "" {
			f.add(field+".Secret", "required by the client_credentials flow")
		}
		if slices.Contains(c.Flows, FlowCode) {
			f.add(field+".Flows", "code and client_credentials exclude each other")
		}
	}
	if slices.Contains(c.Flows, FlowCode) && len(c.CallbackURLs) == 0 {
		f.add(field+".CallbackURLs", "required by the code flow")
	}
	if len(c.Flows) > 0 && len(c.Scopes) == 0 {
		f.add(field+".Scopes", "required by the OAuth flows")
	}
}

func (c *Client) validateLifetimes(f *faults, field string) {
	check := func(name string, d, low, high time.Duration) {
		if d != 0 && (d < low || d > high || d%time.Second != 0) {
			f.add(field+"."+name, "%v is not in whole seconds from %v to %v", d, low, high)
		}
	}
	refresh := c.RefreshTokenValidity
	check("RefreshTokenValidity", refresh, minRefreshValidity, maxRefreshValidity)
	if refresh == 0 {
		refresh = defaultRefreshValidity
	}
	check("AccessTokenValidity", c.AccessTokenValidity, minTokenValidity, min(maxTokenValidity, refresh))
	check("IDTokenValidity", c.IDTokenValidity, minTokenValidity, min(maxTokenValidity, refresh))
	if g := c.RefreshRotation.Grace; g < 0 || g > maxRotationGrace || g%time.Second != 0 {
		f.add(field+".RefreshRotation.Grace", "%v is not in whole seconds from 0 to %v", g, maxRotationGrace)
	} else if g != 0 && !c.RefreshRotation.Enabled {
		f.add(field+".RefreshRotation.Grace", "is set, but rotation is not enabled")
	}
}

func (u *User) validate(f *faults, field string) {
	if n := utf8.RuneCountInString(string(u.Password)); n < 1 || n > 256 || !utf8.ValidString(string(u.Password)) {
		f.add(field+".Password", "must have 1 to 256 characters")
	}
	if u.Sub != "" && !namePattern.MatchString(u.Sub) {
		f.add(field+".Sub", "%q is not 1 to 128 characters without spaces", u.Sub)
	}
	for i, g := range u.Groups {
		if !namePattern.MatchString(g) || slices.Contains(u.Groups[:i], g) {
			f.add(fmt.Sprintf("%s.Groups[%d]", field, i), "%q is used twice or not 1 to 128 characters without spaces", g)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.Attributes)) {
		value, at := u.Attributes[name], fmt.Sprintf("%s.Attributes[%q]", field, name)
		switch {
		case !slices.Contains(standardAttribute, name) && !customAttribute.MatchString(name):
			f.add(at, "is neither a standard attribute nor custom:…")
		case strings.HasSuffix(name, "_verified") && !strings.HasPrefix(name, "custom:") && value != "true" && value != "false":
			f.add(at, `must be "true" or "false"`)
		case len(value) > 2048 || !utf8.ValidString(value):
			f.add(at, "is over 2048 bytes or not UTF-8")
		}
	}
}

// unsafeSchemes would run in, or read from, the browser that is redirected.
var unsafeSchemes = []string{"about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"}

func validateRedirectURL(f *faults, field, raw string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil || !u.IsAbs() || len(raw) > 1024 || strings.ContainsAny(raw, " \\\r\n\t"):
		f.add(field, "%q is not an absolute URL of at most 1024 characters", raw)
	case strings.Contains(raw, "#"):
		f.add(field, "%q has a fragment", raw)
	case slices.Contains(unsafeSchemes, u.Scheme):
		f.add(field, "%q: scheme %s is not safe to redirect to", raw, u.Scheme)
	case u.Scheme != "https" && u.Scheme != "http":
		// An application's own scheme (RFC 8252 §7.1).
	case u.User != nil || !hostPattern.MatchString(u.Host):
		f.add(field, "%q has user information or no plain host", raw)
	case u.Scheme == "http" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" && u.Hostname() != "::1":
		f.add(field, "%q: plain http is for localhost, 127.0.0.1 and [::1] only", raw)
	}
}
