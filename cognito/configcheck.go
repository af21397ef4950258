package cognito

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/address"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/localpool"
)

// validate returns every fault, each a [*ConfigError].
func (c *Config) validate() error {
	faults := configerror.In("cognito", "Config")
	if len(c.UserPools) == 0 && c.Resolve == nil {
		faults.Add("UserPools", "is empty: name at least one user pool to trust, or set Resolve")
	}
	if c.Resolve == nil && c.ResolvePolicy != (ResolvePolicy{}) {
		faults.Add("ResolvePolicy", "has no effect without Resolve")
	}
	c.ResolvePolicy.validate(faults.At("ResolvePolicy"))
	if c.Leeway < 0 {
		faults.Add("Leeway", "is negative (%s)", c.Leeway)
	}
	faults.Adopt("KeySetPolicy", c.KeySetPolicy.Validate())
	if c.MaxTokenBytes < 0 {
		faults.Add("MaxTokenBytes", "is negative (%d)", c.MaxTokenBytes)
	}
	for i, r := range c.Require {
		if err := r.Err(); err != nil {
			faults.Add(fmt.Sprintf("Require[%d]", i), "%v", err)
		}
	}
	for i := range c.UserPools {
		p := &c.UserPools[i]
		pool := faults.At(fmt.Sprintf("UserPools[%d]", i))
		p.validate(pool)
		for j, other := range c.UserPools[:i] {
			if p.ID == other.ID && p.ID != "" {
				pool.Add("ID", "repeats that of UserPools[%d]: put all clients of a pool together", j)
			}
			if p.sharesIssuer(other) {
				pool.Add("Issuer", "repeats an issuer of UserPools[%d]", j)
			}
		}
	}
	c.validateSharedSeeds(faults)
	return faults.Err()
}

// sharesIssuer reports whether the pools, each with an ID of its own, have an issuer
// in common.
func (p *UserPool) sharesIssuer(other UserPool) bool {
	//mutate:ignore never: New reports the ID, and one fault more for the issuer
	if p.ID == other.ID {
		return false
	}
	for _, name := range p.issuerNames() {
		if slices.Contains(other.issuerNames(), name) {
			return true
		}
	}
	return false
}

// issuerNames returns the issuers of the pool, without a final slash: two issuers that
// differ in it have the same key set address.
func (p *UserPool) issuerNames() []string {
	if p.Issuer != "" {
		return []string{strings.TrimSuffix(p.Issuer, "/")}
	}
	names, _ := Issuers(p.ID, p.ReplicaRegions...) // with an error none; validate reports it
	return names
}

func (p *UserPool) validate(faults configerror.Faults) {
	if _, err := p.parseID(); err != nil {
		faults.Add("ID", "%v", err)
	}
	switch {
	case len(p.ClientIDs) == 0 && !p.InsecureSkipClientCheck:
		faults.Add("ClientIDs", "is empty: name the app clients whose tokens are accepted")
	case len(p.ClientIDs) > 0 && p.InsecureSkipClientCheck:
		faults.Add("InsecureSkipClientCheck", "contradicts ClientIDs: set one of them")
	}
	names := func(field string, list []string) {
		for i, name := range list {
			if name == "" || strings.ContainsAny(name, " \t\r\n") {
				faults.Add(fmt.Sprintf("%s[%d]", field, i), "is empty or has white space in it")
			}
		}
	}
	names("ClientIDs", p.ClientIDs)
	names("Audiences", p.Audiences)
	p.validateReplicas(faults)
	if v := reflect.ValueOf(p.KeySet); v.Kind() == reflect.Pointer && v.IsNil() {
		faults.Add("KeySet", "is a nil %T: look at the error of its constructor, or leave KeySet out", p.KeySet)
	}
	if p.Issuer != "" {
		// With a KeySet nothing is fetched from there, so that its scheme protects nothing.
		if reason := issuerFault(p.Issuer, p.InsecureAllowPlainHTTP || p.KeySet != nil); reason != "" {
			faults.Add("Issuer", "%s%s", reason, p.plainHTTPHint())
		}
	}
	if other := p.Issuer[strings.LastIndexByte(p.Issuer, '/')+1:]; other != p.ID {
		if _, err := parsePoolID(other); err == nil || localpool.IsID(other) {
			faults.Add("Issuer", "%s is of another user pool than ID (%s)", quote(p.Issuer), quote(p.ID))
		}
	}
	p.validateSeeds(faults)
	if p.InsecureAllowPlainHTTP && p.Issuer == "" {
		faults.Add("InsecureAllowPlainHTTP", "has no effect without an Issuer")
	}
	if p.FIPS && (p.Issuer != "" || p.KeySet != nil) {
		faults.Add("FIPS", "has no effect with an Issuer or a KeySet")
	}
}

func (p *UserPool) validateReplicas(faults configerror.Faults) {
	if p.Issuer != "" && len(p.ReplicaRegions) > 0 {
		faults.Add("ReplicaRegions", "has no effect with an Issuer")
		return
	}
	id, _ := parsePoolID(p.ID) // a fault of its own; the zero ID has no region
	for n, region := range p.ReplicaRegions {
		if err := id.checkReplica(region, p.ReplicaRegions[:n]); err != nil {
			faults.Add(fmt.Sprintf("ReplicaRegions[%d]", n), "%v", err)
		}
	}
}

// plainHTTPHint names what accepts an issuer whose only fault is plain http.
func (p *UserPool) plainHTTPHint() string {
	if issuerFault(p.Issuer, true) != "" {
		return ""
	}
	return "; InsecureAllowPlainHTTP accepts plain http, and a KeySet needs no such setting"
}

// issuerFault says why s cannot be an issuer (RFC 8414 §2), or "". Plain http is
// accepted for this machine, or for every host where plainHTTP says so.
func issuerFault(s string, plainHTTP bool) (reason string) {
	_, reason = address.Parse(s, address.Rules{Path: true, PlainHTTP: plainHTTP})
	return reason
}
