package config

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// A Warning is something that is possible and probably a mistake.
type Warning struct {
	Key    string // its path in the file
	Reason string // continues a sentence that begins with the key
}

// Warnings returns the warnings about a file whose rules are in policy.
func (f *File) Warnings(policy *authz.Policy) (all []Warning) {
	for _, w := range policy.Warnings() {
		_, field, _ := strings.Cut(w.Field, ".")
		all = append(all, Warning{keyOf(field), inWordsOfTheFile.Replace(w.Reason)})
	}
	if len(f.TrustedProxies) == 0 && f.onlyTrusted(&f.ForwardAuth) {
		all = append(all, Warning{"trusted_proxies", "is empty: every request on forward_auth is refused"})
	}
	for _, name := range slices.Sorted(maps.Keys(f.Identity.Headers)) {
		claim := f.Identity.Headers[name]
		if verified, ok := authz.ClaimOfVerification(claim); ok {
			all = append(all, Warning{"identity.headers", "has " + claim + " in " + name + ", also where the user pool has not verified it: let the service look at " + verified + " too"})
		}
	}
	for _, text := range f.TrustedProxies {
		if network, err := netip.ParsePrefix(text); err == nil && network.Bits() == 0 {
			all = append(all, Warning{"trusted_proxies", "has " + text + ": every machine may say who sent a request and where to"})
		}
	}
	return append(all, f.unboundResources()...)
}

// onlyTrusted reports whether the callers of a listener must be trusted by their address.
func (f *File) onlyTrusted(l *Listener) bool {
	return l.Listen != Off && !strings.HasPrefix(l.Listen, "unix:") && l.TLS.ClientCA == ""
}
