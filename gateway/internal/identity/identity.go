package identity

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// DefaultPrefix begins the names of the headers where no other prefix is configured.
const DefaultPrefix = "X-Auth-"

// A Caller is the verified sender of a request. The zero value is an anonymous one: its
// headers are empty.
type Caller struct {
	authz.Identity
	// AccessToken is the caller's access token, where the rule passes it on to the service,
	// and "" elsewhere.
	AccessToken cognito.Raw
	// LoadBalancer has the headers of a load balancer that the decision was made by.
	LoadBalancer authz.LoadBalancer
}

// Of returns the caller of an allowed request. A denied request has none.
func Of(d *authz.Decision) Caller {
	if !d.Allowed {
		return Caller{}
	}
	return Caller{Identity: d.Identity, AccessToken: d.AccessToken, LoadBalancer: d.LoadBalancer}
}

// Config says which headers there are.
type Config struct {
	// Prefix begins the name of each header: letters, digits and dashes, and a dash at the
	// end. "" is [DefaultPrefix].
	Prefix string
	// Headers are further headers, each with the name of the claim that it has.
	Headers map[string]string
	// Preset adds the headers of another product.
	Preset Preset
	// LoadBalancers adds the headers of an Application Load Balancer. They have what the load
	// balancer sent, for callers whose sign-in there was verified, and are empty for others. The
	// headers of [PresetALB] come before them.
	LoadBalancers bool
}

// Headers writes identity headers. It is safe for concurrent use. Make one with [New].
type Headers struct {
	prefix string
	list   []header
	names  []string
	others []string // names that do not begin with the prefix
}

type header struct {
	name   string
	source source
	claim  string
}

// New checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError].
func New(config Config) (*Headers, error) {
	h := &Headers{prefix: config.Prefix}
	if h.prefix == "" {
		h.prefix = DefaultPrefix
	}
	var faults []error
	fault := func(field, format string, args ...any) {
		faults = append(faults, &cognito.ConfigError{Package: "identity", Field: "Config." + field, Reason: fmt.Sprintf(format, args...)})
	}
	if !isName(strings.TrimSuffix(h.prefix, "-")) || !strings.HasSuffix(h.prefix, "-") {
		fault("Prefix", "is not letters, digits and dashes with a dash at the end: got %q", h.prefix)
	} else if name := reservedUnder(h.prefix); name != "" {
		fault("Prefix", "covers the header %s: got %q, want a prefix of your own", name, h.prefix)
	}
	h.prefix = http.CanonicalHeaderKey(h.prefix)
	for _, each := range ownHeaders {
		h.add(header{name: h.prefix + each.name, source: each.source})
	}
	preset, known := presetHeaders[config.Preset]
	if !known && config.Preset != PresetNone {
		fault("Preset", "is unknown: got %q, want oauth2-proxy or alb", string(config.Preset))
	}
	for _, each := range preset {
		h.add(each)
	}
	if config.LoadBalancers {
		for _, each := range balancerHeaders {
			h.add(each)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(config.Headers)) {
		switch claim := config.Headers[name]; {
		case !isName(name):
			fault("Headers", "has a name that is not letters, digits and dashes: got %q", name)
		case isReserved(name):
			fault("Headers", "has the name %s, which other parts of the request use", name)
		case claim == "":
			fault("Headers", "has no claim for %s", name)
		case !h.add(header{name: http.CanonicalHeaderKey(name), source: ofClaim, claim: claim}):
			fault("Headers", "has the name %s, which another identity header has", name)
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return h, nil
}

// add adds a header unless there is one of this name.
func (h *Headers) add(added header) bool {
	if slices.Contains(h.names, added.name) {
		return false
	}
	h.list = append(h.list, added)
	h.names = append(h.names, added.name)
	if !hasFoldedPrefix(added.name, h.prefix) {
		h.others = append(h.others, added.name)
	}
	return true
}

// Set sets every identity header in dst. Headers without a value are set to "".
func (h *Headers) Set(dst http.Header, caller *Caller) {
	values := make([]string, len(h.list))
	for n := range h.list {
		values[n] = h.list[n].value(caller)
		dst[h.list[n].name] = values[n : n+1 : n+1]
	}
}

// All calls yield with each identity header and its value, "" where there is none, in the
// order of [Headers.Names].
func (h *Headers) All(caller *Caller) func(yield func(name, value string) bool) {
	return func(yield func(name, value string) bool) {
		for n := range h.list {
			if !yield(h.list[n].name, h.list[n].value(caller)) {
				return
			}
		}
	}
}

func (h *header) value(caller *Caller) string {
	switch h.source {
	case ofSubject:
		return Encode(caller.Subject)
	case ofUsername:
		return Encode(caller.Username)
	case ofGroups:
		return encodeList(caller.Groups, ",")
	case ofScopes:
		return encodeList(caller.Scopes, " ")
	case ofClient:
		return Encode(caller.ClientID)
	case ofEmail:
		return Encode(caller.VerifiedEmail())
	case ofTokenUse:
		return Encode(string(caller.TokenUse))
	case ofExpires:
		if caller.ExpiresAt.IsZero() {
			return ""
		}
		return strconv.FormatInt(caller.ExpiresAt.Unix(), 10)
	case ofAccessToken:
		return Encode(string(caller.AccessToken))
	case ofBalancerData:
		return Encode(string(caller.LoadBalancer.Data))
	case ofBalancerIdentity:
		return Encode(caller.LoadBalancer.Identity)
	case ofBalancerAccessToken:
		return Encode(string(caller.LoadBalancer.AccessToken))
	case ofClaim:
		value, _ := caller.Claim(h.claim)
		return claimText(value)
	case ofNothing:
	}
	return ""
}
