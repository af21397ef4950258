package revocation_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/revocation"
)

// A jumpingClock is the bubble's clock, which an operator can set.
type jumpingClock struct{ off time.Duration }

func (c *jumpingClock) Now() time.Time { return time.Now().Add(c.off) }

// jumping runs test in a bubble with a list whose clock can jump.
func jumping(t *testing.T, bound int, test func(t *testing.T, clock *jumpingClock, list *revocation.List)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := &jumpingClock{}
		list, err := revocation.NewList(revocation.ListConfig{MaxEntries: bound, Now: clock.Now})
		must(t, err)
		test(t, clock, list)
	})
}

// inForce returns which sign-ins the list revokes.
func inForce(list *revocation.List) map[string]bool {
	names := map[string]bool{}
	for e := range list.Entries() {
		names[e.ID] = true
	}
	return names
}

// TestRevocationsSurviveClockJumps: the clock jumps a year forward, entries are added
// there, and the clock is set back.
func TestRevocationsSurviveClockJumps(t *testing.T) {
	jumping(t, 1000, func(t *testing.T, clock *jumpingClock, list *revocation.List) {
		t.Helper()
		for n := range 100 {
			must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("first ", n), clock.Now().Add(31*day)))
		}
		for range 3 {
			clock.off = 366 * day
			for n := range 20 {
				must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("second ", n), time.Time{}))
				time.Sleep(time.Minute)
			}
			if names := inForce(list); len(names) != 20 {
				t.Errorf("%d entries in force in a year", len(names))
			}
			clock.off = 0
			if names := inForce(list); len(names) != 120 {
				t.Errorf("%d entries after the clock was set back", len(names))
			}
			time.Sleep(3 * time.Hour)
			// The entries that were in force again are not removed after their grace period.
			for n := range 20 {
				must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("third ", n), clock.Now().Add(time.Minute)))
			}
			if names := inForce(list); len(names) != 140 {
				t.Errorf("%d entries after their grace period", len(names))
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestRevokedTokenStaysRevokedAfterAClockJump is the same with a token.
func TestRevokedTokenStaysRevokedAfterAClockJump(t *testing.T) {
	t.Parallel()
	issuer := cognitotest.NewIssuer()
	clock := issuer.Clock()
	list := newList(t, issuer, nil)
	raw := issuer.Pool().AccessToken()
	must(t, list.RevokeToken(verified(t, issuer, raw)))
	start := clock.Now()
	clock.Advance(366 * day)
	for n := range 20 {
		must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint(n), time.Time{}))
	}
	clock.Set(start)
	if revoked, err := list.Revoked(t.Context(), verified(t, issuer, raw), ""); !revoked || err != nil {
		t.Errorf("%v, %v", revoked, err)
	}
}

// TestEndedEntriesAreRemoved: an hour after the list noticed their end, or when as many
// entries have ended as may be in force.
func TestEndedEntriesAreRemoved(t *testing.T) {
	jumping(t, 100, func(t *testing.T, clock *jumpingClock, list *revocation.List) {
		t.Helper()
		for hour := range 50 {
			time.Sleep(3 * time.Hour)
			for n := range 20 {
				must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint(hour, n), clock.Now().Add(time.Hour)))
			}
		}
		if n := list.Len(); n > 60 {
			t.Errorf("%d entries, where 20 are in force", n)
		}
		for n := range 2000 {
			time.Sleep(10 * time.Second)
			must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("short ", n), clock.Now().Add(-4*time.Minute)))
		}
		if n := list.Len(); n > 200 {
			t.Errorf("%d entries, want at most 200", n)
		}
	})
}

// TestEntryIsProlongedInItsGracePeriod: it ends at its later end.
func TestEntryIsProlongedInItsGracePeriod(t *testing.T) {
	jumping(t, 10, func(t *testing.T, clock *jumpingClock, list *revocation.List) {
		t.Helper()
		revoke := func(name string, d time.Duration) {
			t.Helper()
			must(t, list.RevokeSignIn(cognitotest.PoolID, name, clock.Now().Add(d)))
		}
		for range 3 {
			revoke("one", time.Minute)
			time.Sleep(10 * time.Minute)
			revoke("other", time.Minute) // notices the end
			revoke("one", 2*time.Hour)
			time.Sleep(100 * time.Minute)
			revoke("third", time.Minute)
			if !inForce(list)["one"] {
				t.Error("an entry ended before the time to which it was prolonged")
			}
			time.Sleep(time.Hour)
			revoke("fourth", time.Minute)
			time.Sleep(2 * time.Hour)
			revoke("fifth", time.Minute)
			if n := list.Len(); n > 4 {
				t.Errorf("%d entries", n)
			}
		}
	})
}

// TestEntriesOfAClockAheadAreKept: a program reads its store while the clock is a year ahead.
// The entries seem to have ended, and are in force after the correction.
func TestEntriesOfAClockAheadAreKept(t *testing.T) {
	jumping(t, 1000, func(t *testing.T, clock *jumpingClock, list *revocation.List) {
		t.Helper()
		const pool = cognitotest.PoolID
		now := clock.Now()
		stored := []revocation.Entry{
			{Kind: revocation.KindToken, UserPool: pool, ID: "token", Until: now.Add(5 * time.Hour)},
			{Kind: revocation.KindSignIn, UserPool: pool, ID: "sign-in", Until: now.Add(5 * time.Hour)},
			{Kind: revocation.KindSubject, UserPool: pool, ID: "subject", Before: now, Until: now.Add(5 * time.Hour)},
			// The second one of the name is longer.
			{Kind: revocation.KindToken, UserPool: pool, ID: "token", Until: now.Add(9 * time.Hour)},
		}
		clock.off = 366 * day
		for _, e := range stored {
			if err := list.Add(e); !errors.Is(err, revocation.ErrEnded) {
				t.Errorf("%s, a year after its end: %v", e.ID, err)
			}
		}
		if names := inForce(list); len(names) != 0 {
			t.Errorf("in force in a year: %v", names)
		}
		time.Sleep(30 * time.Minute)
		must(t, list.RevokeSignIn(pool, "other", time.Time{}))
		clock.off = 0
		if names := inForce(list); len(names) != 4 {
			t.Errorf("in force after the correction: %v", names)
		}
		time.Sleep(2 * time.Hour)
		must(t, list.RevokeSignIn(pool, "another", time.Time{})) // sweeps
		if names := inForce(list); len(names) != 5 {
			t.Errorf("in force two hours later: %v", names)
		}
		time.Sleep(4 * time.Hour)
		if names := inForce(list); len(names) != 3 || !names["token"] {
			t.Errorf("in force after the end of the shorter ones: %v", names)
		}
	})
}

// TestEndedEntriesTakeNoRoom: as many as a store has, and entries in force beside them.
func TestEndedEntriesTakeNoRoom(t *testing.T) {
	jumping(t, 50, func(t *testing.T, clock *jumpingClock, list *revocation.List) {
		t.Helper()
		for n := range 1000 {
			e := revocation.Entry{Kind: revocation.KindToken, UserPool: cognitotest.PoolID, ID: fmt.Sprint(n), Until: clock.Now().Add(-time.Hour)}
			if err := list.Add(e); !errors.Is(err, revocation.ErrEnded) {
				t.Fatalf("entry %d: %v", n, err)
			}
		}
		for n := range 50 {
			must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("new ", n), time.Time{}))
		}
		if n := list.Len(); n > 100 {
			t.Errorf("%d entries, want at most twice MaxEntries", n)
		}
		time.Sleep(2 * time.Hour)
		if err := list.RevokeSignIn(cognitotest.PoolID, "one more", time.Time{}); !errors.Is(err, revocation.ErrFull) {
			t.Errorf("error %v", err)
		}
		for range 3 {
			_ = list.RevokeSignIn(cognitotest.PoolID, "one more", time.Time{}) // sweeps
		}
		if n := list.Len(); n != 50 {
			t.Errorf("%d entries after the hour, want those in force", n)
		}
	})
}

// TestSignInsOfAClockBehindStayRevoked: the clock is a year behind when sign-ins are revoked.
func TestSignInsOfAClockBehindStayRevoked(t *testing.T) {
	jumping(t, 30, func(t *testing.T, clock *jumpingClock, list *revocation.List) {
		t.Helper()
		const length = revocation.DefaultSignInLifetime + day
		clock.off = -366 * day
		must(t, list.RevokeSignIn(cognitotest.PoolID, "19", clock.Now().Add(time.Hour))) // widened below
		for n := range 20 {
			must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint(n), time.Time{}))
		}
		clock.off = 0
		// Also after many short entries, each of which removes what has ended.
		for n := range 25 {
			must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("short ", n), clock.Now().Add(time.Hour)))
			time.Sleep(day)
			if names := inForce(list); len(names) != 20 || !names["19"] {
				t.Fatalf("in force after %d days: %v", n+1, names)
			}
		}
		for e := range list.Entries() {
			if left := e.Until.Sub(clock.Now()); left != length-25*day {
				t.Errorf("an entry to store ends in %v", left)
			}
		}
		time.Sleep(length - 25*day + revocation.DefaultListLeeway - 1)
		if names := inForce(list); len(names) != 20 {
			t.Errorf("in force just before the end: %v", names)
		}
		time.Sleep(time.Nanosecond)
		if names := inForce(list); len(names) != 0 {
			t.Errorf("in force after the end: %v", names)
		}
		for n := range 5 {
			must(t, list.RevokeSignIn(cognitotest.PoolID, fmt.Sprint("last ", n), clock.Now().Add(time.Minute)))
			time.Sleep(2 * time.Hour)
		}
		if n := list.Len(); n > 5 {
			t.Errorf("%d entries, want the ended ones removed", n)
		}
	})
}
