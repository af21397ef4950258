package tokencheck

import (
	"context"
	"net/url"
	"path"
	"strings"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/internal/keysource"
)

// source reads --jwks, --issuer and --replica-region.
func (r *reader) source(ctx context.Context) {
	if len(r.Pools) > 1 {
		for _, flag := range []string{"jwks", "issuer", "replica-region"} {
			if r.given(flag) {
				r.spoil(flag, "--%s works with one --pool only", flag)
			}
		}
	}
	if r.Issuer != "" && !r.spoilt["issuer"] {
		if reason := probeIssuer(r.Issuer); reason != "" {
			r.add("--issuer %s", reason)
		} else {
			r.contradiction()
		}
	}
	r.replicaRegions()
	if r.KeysFrom == "" || r.spoilt["jwks"] {
		return
	}
	var err error
	if keysource.IsURL(r.KeysFrom) {
		r.policy.Keys, err = keysource.At(keyset.RemoteConfig{URL: r.KeysFrom})
	} else {
		r.policy.Keys, err = keysource.In(ctx, r.KeysFrom)
	}
	if err != nil {
		r.add("--jwks %w", err)
	}
}

// replicaRegions checks --replica-region, for the pool that it is about.
func (r *reader) replicaRegions() {
	switch {
	case len(r.Replicas) == 0 || r.spoilt["replica-region"]:
	case len(r.Pools) == 0:
		r.spoil("replica-region", "--replica-region needs --pool")
	case r.Issuer != "":
		r.spoil("replica-region", "--replica-region and --issuer exclude each other: give one of them")
	case !r.spoilt["pool"]:
		if _, err := cognito.Issuers(r.Pools[0]); err != nil {
			return // a fault by itself
		}
		if reason := probeReplicas(r.Pools[0], r.Replicas); reason != "" {
			r.add("--replica-region %s", reason)
		}
	}
}

// contradiction finds an --issuer that names another user pool than --pool does: a
// verdict would say that the token is of a pool that it has nothing to do with.
func (r *reader) contradiction() {
	named := poolOf(r.Issuer)
	if named == "" || len(r.Pools) != 1 || r.spoilt["pool"] || named == r.Pools[0] {
		return
	}
	if _, err := cognito.Issuers(r.Pools[0]); err == nil { // otherwise it is a fault by itself
		r.add("--issuer is for the user pool %s, and --pool names another one: %s", named, r.Pools[0])
	}
}

// poolOf returns the user pool ID at the end of an issuer, "" where there is none.
func poolOf(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	last := path.Base(u.Path)
	if _, err := cognito.Issuers(last); err != nil && !strings.HasPrefix(last, "local_") {
		return ""
	}
	return last
}
