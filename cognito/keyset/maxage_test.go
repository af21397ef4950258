package keyset_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestSetIsRefreshedAtItsMaxAge: at that very moment a lookup waits for the fetch, so a
// key that was withdrawn is not found.
func TestSetIsRefreshedAtItsMaxAge(t *testing.T) {
	clock, e := newHandClock(), &endpoint{}
	e.serve(setOne())
	source := remote(t, e, func(c *keyset.RemoteConfig) { c.Clock = clock })
	mustKey(t, source, "one")
	e.serve(setTwo())
	clock.move(keyset.DefaultMaxAge)
	mustNotFind(t, source, "one")
	wantFetches(t, e, 2)
}
