package cognito

import (
	"bytes"
	"maps"
	"reflect"
	"slices"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// samePool reports whether two answers mean the same pool, so that its keys are kept.
func samePool(a, b UserPool) bool {
	return a.ID == b.ID && a.Issuer == b.Issuer && a.FIPS == b.FIPS &&
		a.InsecureSkipClientCheck == b.InsecureSkipClientCheck && a.InsecureAllowPlainHTTP == b.InsecureAllowPlainHTTP &&
		slices.Equal(a.ClientIDs, b.ClientIDs) && slices.Equal(a.Audiences, b.Audiences) &&
		slices.Equal(a.ReplicaRegions, b.ReplicaRegions) && sameSource(a.KeySet, b.KeySet) &&
		maps.EqualFunc(a.Seeds, b.Seeds, func(a, b keyset.Seed) bool { return a.UsableFor == b.UsableFor && bytes.Equal(a.JWKS, b.JWKS) })
}

// sameSource compares by identity, and takes sources that cannot be compared for
// others.
func sameSource(a, b keyset.Source) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	// Of values and not of types: a struct may hold anything in an interface.
	//mutate:ignore always: two values of one type are comparable or not alike
	return reflect.ValueOf(a).Comparable() && reflect.ValueOf(b).Comparable() && a == b
}

// cloneSeeds returns a copy that shares no memory with seeds.
func cloneSeeds(seeds map[string]keyset.Seed) map[string]keyset.Seed {
	own := maps.Clone(seeds)
	for name, seed := range own {
		seed.JWKS = slices.Clone(seed.JWKS)
		own[name] = seed
	}
	return own
}
