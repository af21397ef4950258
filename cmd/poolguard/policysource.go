package main

import (
	"context"
	"net/url"
	"path"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/internal/keysource"
)

// source reads --jwks, --issuer and --replica-region.
func (r *policyReader) source(ctx context.Context) {
	if len(r.pools) > 1 {
		for _, flag := range []string{"jwks", "issuer", "replica-region"} {
			if r.flags.Changed(flag) {
				r.spoil(flag, "--%s works with one --pool only", flag)
			}
		}
	}
	if r.issuer != "" && !r.spoilt["issuer"] {
		if reason := probeIssuer(r.issuer); reason != "" {
			r.faults.add("--issuer %s", reason)
		} else {
			r.contradiction()
		}
	}
	r.replicaRegions()
	if r.keysFrom == "" || r.spoilt["jwks"] {
		return
	}
	var err error
	if keysource.IsURL(r.keysFrom) {
		r.keys, err = keysource.At(keyset.RemoteConfig{URL: r.keysFrom})
	} else {
		r.keys, err = keysource.In(ctx, r.keysFrom)
	}
	if err != nil {
		r.faults.add("--jwks %w", err)
	}
}

// replicaRegions checks --replica-region, for the pool that it is about.
func (r *policyReader) replicaRegions() {
	switch {
	case len(r.replicas) == 0 || r.spoilt["replica-region"]:
	case len(r.pools) == 0:
		r.spoil("replica-region", "--replica-region needs --pool")
	case r.issuer != "":
		r.spoil("replica-region", "--replica-region and --issuer exclude each other: give one of them")
	case !r.spoilt["pool"]:
		if _, err := cognito.Issuers(r.pools[0]); err != nil {
			return // a fault by itself
		}
		if reason := probeReplicas(r.pools[0], r.replicas); reason != "" {
			r.faults.add("--replica-region %s", reason)
		}
	}
}

// contradiction finds an --issuer that names another user pool than --pool does: a
// verdict would say that the token is of a pool that it has nothing to do with.
func (r *policyReader) contradiction() {
	named := poolOf(r.issuer)
	if named == "" || len(r.pools) != 1 || r.spoilt["pool"] || named == r.pools[0] {
		return
	}
	if _, err := cognito.Issuers(r.pools[0]); err == nil { // otherwise it is a fault by itself
		r.faults.add("--issuer is for the user pool %s, and --pool names another one: %s", named, r.pools[0])
	}
}

// poolOf returns the user pool ID at the end of an issuer, "" where there is none.
func poolOf(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	last := path.Base(u.Path)
	if _, err := cognito.Issuers(last); err != nil {
		return ""
	}
	return last
}
