package web

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// Self in [Config.FormAction] is the server that serves the page.
const Self = "'self'"

// setHeaders sets the headers of every page:
//
//   - no cache keeps the page, since pages show claims and codes
//   - no Referer carries the page's address on, since a callback's address has a code
//   - browsers do not guess another content type
//   - no other site frames the page, opens it and keeps a handle on it, or embeds it
func (p *Pages) setHeaders(h http.Header, length int) {
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(length))
	h.Set("Content-Security-Policy", p.policy)
	h.Set("Cache-Control", "no-store")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY") // for browsers that do not know frame-ancestors
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// contentSecurityPolicy lets a page use its own styles, each by its hash, and send
// forms to the given sources. It allows nothing else.
// https://www.w3.org/TR/CSP3/
func contentSecurityPolicy(styles []template.CSS, forms string) string {
	hashes := make([]string, len(styles))
	for n, style := range styles {
		sum := sha256.Sum256([]byte(style))
		hashes[n] = "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; style-src " + strings.Join(hashes, " ") +
		"; form-action " + forms + "; base-uri 'none'; frame-ancestors 'none'"
}

// formSources checks and writes the sources of form-action.
func formSources(targets []string) (string, error) {
	if len(targets) == 0 {
		return "'none'", nil
	}
	var faults []error
	sources := make([]string, len(targets))
	for n, target := range targets {
		source, err := formSource(target)
		if err != nil {
			faults = append(faults, fmt.Errorf("web: Config.FormAction[%d] %w", n, err))
		}
		sources[n] = source
	}
	return strings.Join(sources, " "), errors.Join(faults...)
}

// formSource writes one origin as a source of a policy. CSP has no syntax for the IPv6
// addresses: there, the source is the scheme.
func formSource(target string) (string, error) {
	if target == Self {
		return Self, nil
	}
	u, err := url.Parse(target)
	switch {
	case err != nil, u.Host == "", u.Scheme != "https" && u.Scheme != "http", target != u.Scheme+"://"+u.Host,
		strings.ContainsAny(target, " \t\r\n;,'\"*"):
		return "", fmt.Errorf("is not an origin: got %q, want %q or a scheme and a host such as https://auth.example.com", target, Self)
	case strings.Contains(u.Host, "["):
		return u.Scheme + ":", nil
	}
	return target, nil
}
