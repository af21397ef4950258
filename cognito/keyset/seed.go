package keyset

import (
	"fmt"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

// A Seed is a key set that a program brings along, so that it can check tokens before
// its first fetch, and without a network. The zero Seed is none; otherwise both fields
// must be set.
//
// A seed is used from the first lookup on, without a wait. That lookup also starts a
// fetch, and the first good answer replaces the seed for good. A key that is not in the
// seed is looked up at the address, as for any set. While every fetch fails, the seed
// stays in use for UsableFor. After that, lookups fail with an [UnavailableError]. A copy in
// [RemoteConfig.CopyFile] takes the place of the seed until it is too old. After that, the
// seed is in use again for the rest of UsableFor.
//
// A key that the issuer has withdrawn is accepted for as long as the seed is in use.
type Seed struct {
	// JWKS is the JSON Web Key Set, as the address answered when the program was built.
	// [Parse] must be able to read it. A program that can change it can make any token
	// valid.
	JWKS []byte

	// UsableFor is the time for which the seed is used while no fetch has succeeded. It
	// counts from the call of [NewRemote], so a restart begins it again. It has no default:
	// choose a few hours if the address can be reached, as a limit for outages. Where it
	// can never be reached, choose the time between two releases of the program, and
	// alert on failed fetches ([RemoteConfig.Fetched]).
	UsableFor time.Duration
}

// Validate returns every fault of s, each a [*ConfigError], or nil.
func (s Seed) Validate() error {
	faults := configerror.In("keyset", "Seed")
	s.parse(faults)
	return faults.Err()
}

// parse returns the set, nil for the zero Seed, and adds the faults of s.
func (s Seed) parse(faults configerror.Faults) *Set {
	switch {
	case s.UsableFor < 0:
		faults.Add("UsableFor", "is negative (%v)", s.UsableFor)
	case s.UsableFor == 0 && len(s.JWKS) > 0:
		faults.Add("UsableFor", "is not set: say for how long the seed is used while no fetch has succeeded")
	case s.UsableFor > 0 && len(s.JWKS) == 0:
		faults.Add("JWKS", "is empty: put the key set of the address there, or remove UsableFor")
	}
	if len(s.JWKS) == 0 {
		return nil
	}
	set, err := Parse(s.JWKS)
	if err != nil {
		faults.Add("JWKS", "is not a usable key set: %s", reason(err))
		return nil
	}
	return set
}

// plant makes set the held one before the first fetch, which is due at once.
func (r *Remote) plant(set *Set, usableFor time.Duration) {
	now := wallTime(r.clock)
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	s := &r.state
	s.held, s.seeded = set, true
	s.fetchedAt, s.refreshAt = now, now
	// No lookup waits for a fetch while the seed will do.
	s.expiresAt, s.staleAt = now.Add(usableFor), now.Add(usableFor)
	r.publish()
	logSkipped(r.log, set)
}

// A spare is a seed that a copy has replaced, with the span of time (until excluded) in which
// it may be used.
type spare struct {
	set         *Set // nil: there is none
	from, until time.Time
}

// clamp begins the span again if the clock was set back before it.
func (s *spare) clamp(now time.Time) {
	if s.set != nil && now.Before(s.from) {
		s.from, s.until = now, now.Add(s.until.Sub(s.from))
	}
}

// useSpare holds the seed again if the copy in its place is too old now: the program may use
// its seed for longer than any copy. The caller holds mu.
func (r *Remote) useSpare(now time.Time) {
	s := &r.state
	if s.spare.set == nil || s.usable(now) || !now.Before(s.spare.until) {
		return
	}
	s.held, s.seeded = s.spare.set, true
	s.fetchedAt, s.refreshAt = now, now
	s.expiresAt, s.staleAt = s.spare.until, s.spare.until
	s.spare = spare{}
	r.publish()
}

// tooOld says why the held set, which is not usable, is not. The caller holds mu.
func (s *state) tooOld(url string, stale time.Duration) string {
	if s.seeded {
		return fmt.Sprintf("the key set from %s was never fetched, and its seed may not be used any longer", url)
	}
	return fmt.Sprintf("the key set from %s is older than %v", url, stale)
}
