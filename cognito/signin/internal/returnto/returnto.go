// Package returnto decides to which address a browser returns after a sign-in.
//
// It owns the list of allowed places. An address that two readers could take for different
// places is not allowed. It never sends a browser anywhere.
package returnto

import (
	"net/url"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/address"
)

// longest limits an address, because it is part of a cookie.
const longest = 800

// Places are the places that are allowed. The zero value allows none.
type Places struct {
	Own    string   // the origin that paths belong to
	Others []string // further origins, in the form of address.Origin
}

// Clean returns raw as an absolute address, if it is a path of Own or an address at one of
// the origins. Every other text becomes the path "/" of Own. So does the prefix /_auth/,
// since a sign-in must not end in another one or in a sign-out.
func (p Places) Clean(raw string) string {
	home := p.Own + "/"
	if raw == "" || len(raw) > longest || strings.ContainsFunc(raw, isUnsafe) {
		return home
	}
	u, err := url.Parse(raw)
	if err != nil || u.User != nil || u.Opaque != "" || !isPlain(u) {
		return home
	}
	if u.Scheme == "" && u.Host == "" && strings.HasPrefix(raw, "/") && !strings.HasPrefix(raw, "//") {
		return p.Own + raw
	}
	origin := address.Origin(u.Scheme + "://" + u.Host)
	if origin == "" || origin != p.Own && !slices.Contains(p.Others, origin) {
		return home
	}
	// The text after the host stays as it came, like that of a path alone.
	_, rest, _ := strings.Cut(raw, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[end:]
	} else {
		rest = ""
	}
	if !strings.HasPrefix(rest, "/") {
		rest = "/" + rest
	}
	if strings.HasPrefix(rest, "//") {
		return home
	}
	return origin + rest
}

// isUnsafe refuses what browsers remove (tabs, line breaks), what they read as a slash, and
// what has no place in an address as it is sent (RFC 3986 §2).
func isUnsafe(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }

// isPlain refuses paths with "." and ".." segments, in every spelling and also before a
// semicolon, with an empty segment at the start, and with an encoded backslash.
func isPlain(u *url.URL) bool {
	path := strings.ToLower(u.Path) // decoded once
	if strings.ContainsAny(path, "\\\x00\t\r\n") || strings.HasPrefix(path, "//") || strings.Contains(strings.ToLower(u.EscapedPath()), "%25") {
		return false
	}
	for segment := range strings.SplitSeq(path, "/") {
		name, _, _ := strings.Cut(segment, ";")
		if name == "." || name == ".." {
			return false
		}
	}
	return path != "/_auth" && !strings.HasPrefix(path, "/_auth/")
}
