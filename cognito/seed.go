package cognito

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// issuersAsWritten returns the issuers of the pool as tokens write them. A pool with an
// invalid ID has none.
func (p *UserPool) issuersAsWritten() []string {
	if p.Issuer != "" {
		return []string{p.Issuer}
	}
	names, _ := Issuers(p.ID, p.ReplicaRegions...) // with an error none; validate reports it
	return names
}

// validateSeeds adds the faults of Seeds.
func (p *UserPool) validateSeeds(faults configerror.Faults) {
	if len(p.Seeds) > 0 && p.KeySet != nil {
		faults.Add("Seeds", "has no effect with a KeySet: remove one of them")
	}
	names := p.issuersAsWritten()
	for _, name := range slices.Sorted(maps.Keys(p.Seeds)) {
		field := fmt.Sprintf("Seeds[%s]", quote(name))
		if len(names) > 0 && !slices.Contains(names, name) {
			faults.Add(field, "is not for an issuer of the user pool: want %s", strings.Join(names, " or "))
		}
		seed := p.Seeds[name]
		if len(seed.JWKS) == 0 && seed.UsableFor == 0 {
			faults.Add(field, "is empty: set JWKS and UsableFor, or remove it")
		}
		faults.Adopt(field, seed.Validate())
	}
}

// validateSharedSeeds adds a fault for each pool whose seeds have a key of an earlier
// pool's. Cognito gives each user pool keys of its own, so one of the files is of the
// wrong pool. Tokens of one would then verify as the other's.
func (c *Config) validateSharedSeeds(faults configerror.Faults) {
	owner := map[string]int{} // of a modulus
	for n := range c.UserPools {
		shared := -1
		for _, seed := range c.UserPools[n].Seeds {
			set, _ := keyset.Parse(seed.JWKS) // nil, which has no keys, after a fault that was reported
			for _, key := range set.Keys() {
				modulus := string(key.Public().N.Bytes())
				first, known := owner[modulus]
				if !known {
					owner[modulus] = n
				} else if first != n {
					shared = first
				}
			}
		}
		if shared >= 0 {
			faults.At(fmt.Sprintf("UserPools[%d]", n)).Add("Seeds", "has a key that the seeds of UserPools[%d] have too: each user pool has keys of its own, so one of the two is of the wrong pool", shared)
		}
	}
}

// noKey is a key name that no issuer has.
const noKey = "poolguard: no key has this name"

// hasKeySet reports whether the issuer's key set was fetched. A seed does not count, so
// an issuer with one is asked for a name that no key has: the answer to that waits for
// the first fetch.
func (i *issuer) hasKeySet(ctx context.Context) bool {
	if !i.seeded {
		return i.keys.Load(ctx) == nil
	}
	_, err := i.keys.Key(ctx, noKey)
	return errors.Is(err, keyset.ErrKeyNotFound)
}
