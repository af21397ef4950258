package tokencheck

import "slices"

// Defaults are values for options that the operator left out, for example those of a profile.
// All of them are about one user pool.
type Defaults struct {
	Pool, Issuer        string
	Replicas, ClientIDs []string
	// TokenUse is the kind of token; "" requires none.
	TokenUse string
}

// Complete sets the options that were left out, and returns them as flags. If the options
// name another user pool, Complete sets only the kind of token: app clients and issuers belong
// to their pool.
func (o *Options) Complete(d Defaults) (flags []string) {
	set := func(flag string, to *string, value string) {
		if *to == "" && value != "" {
			*to = value
			flags = append(flags, "--"+flag+" "+value)
		}
	}
	list := func(flag string, to *[]string, values []string) {
		if len(*to) == 0 {
			*to = slices.Clone(values)
			for _, value := range values {
				flags = append(flags, "--"+flag+" "+value)
			}
		}
	}
	list("pool", &o.Pools, []string{d.Pool})
	if slices.Equal(unique(o.Pools), []string{d.Pool}) {
		if !o.AnyClient {
			list("client-id", &o.ClientIDs, d.ClientIDs)
		}
		if o.Issuer == "" { // an issuer excludes replicas
			list("replica-region", &o.Replicas, d.Replicas)
		}
		if len(o.Replicas) == 0 {
			set("issuer", &o.Issuer, d.Issuer)
		}
	}
	set("token-use", &o.TokenUse, d.TokenUse)
	return flags
}
