package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// in runs a test's steps in one transaction on an empty store.
func in(t *testing.T, run func(tx store.Tx)) store.Store {
	t.Helper()
	s := store.NewMemory()
	then(t, s, run)
	return s
}

func then(t *testing.T, s store.Store, run func(tx store.Tx)) {
	t.Helper()
	if err := s.Update(context.Background(), func(tx store.Tx) error { run(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// What ended goes, what lives stays, and nobody pays for all of it at once.
func TestSweep(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	in(t, func(tx store.Tx) {
		for n := range 3 * sweepLimit {
			must(t, PutCode(tx, fmt.Sprint("code", n), Code{ExpiresAt: now.Add(time.Duration(n) * time.Second)}))
		}
		must(t, PutSession(tx, "old", Session{ExpiresAt: now.Add(-time.Hour)}), PutSession(tx, "new", Session{ExpiresAt: now.Add(time.Hour)}))
		at := now.Add(100 * time.Second)
		left := func() (n int) {
			for range tx.Scan(codes.bucket, "", "") {
				n++
			}
			return n
		}
		before := left()
		must(t, Sweep(tx, at))
		if swept := before - left(); swept > sweepLimit || swept == 0 {
			t.Errorf("one sweep deleted %d", swept)
		}
		for range 5 {
			must(t, Sweep(tx, at))
		}
		if n := left(); n != 3*sweepLimit-100 {
			t.Errorf("%d codes are left, want %d", n, 3*sweepLimit-100)
		}
		if _, err := GetSession(tx, "old"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a session that ended: %v", err)
		}
		if _, err := GetSession(tx, "new"); err != nil {
			t.Errorf("a session that lives: %v", err)
		}
	})
}

func TestCodeIsTakenOnce(t *testing.T) {
	t.Parallel()
	in(t, func(tx store.Tx) {
		must(t, PutCode(tx, "code", Code{Nonce: "n", ExpiresAt: time.Unix(1, 0)}))
		if c, err := TakeCode(tx, "code"); err != nil || c.Nonce != "n" {
			t.Errorf("first: %+v, %v", c, err)
		}
		if c, err := TakeCode(tx, "code"); !errors.Is(err, ErrCodeUsed) || c.Nonce != "n" {
			t.Errorf("second: %+v, %v", c, err)
		}
		if _, err := TakeCode(tx, "other"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown: %v", err)
		}
	})
}

// A refresh token that was replaced stays good for the grace period alone, whatever
// the clock does without one.
func TestRefreshTokenUsable(t *testing.T) {
	t.Parallel()
	at := time.Unix(1000, 0)
	replaced := RefreshToken{ReplacedAt: at}
	for _, tc := range []struct {
		after, grace time.Duration
		want         bool
	}{
		{0, 0, false}, {-time.Hour, 0, false}, {0, time.Second, true}, {-time.Hour, time.Second, false}, {9 * time.Second, 10 * time.Second, true}, {10 * time.Second, 10 * time.Second, false},
	} {
		if got := replaced.Usable(at.Add(tc.after), tc.grace); got != tc.want {
			t.Errorf("%+v: %t", tc, got)
		}
	}
	if fresh := new(RefreshToken); !fresh.Usable(at, 0) {
		t.Error("a token that was not replaced")
	}
}

// Users are found by name, sub and alias; an alias is one user's.
func TestFindUser(t *testing.T) {
	t.Parallel()
	pool := Pool{ID: "us-east-1_A", AliasAttributes: []string{"email", "preferred_username"}}
	in(t, func(tx store.Tx) {
		ana := User{PoolID: pool.ID, Username: "Ana", Sub: "sub-1", Attributes: map[string]string{"email": "Ana@example.com", "email_verified": "true", "preferred_username": "boss"}}
		must(t, PutPool(tx, pool), PutUser(tx, pool, ana))
		for _, name := range []string{"ana", "ANA", "sub-1", "ana@EXAMPLE.com", "boss"} {
			if u, err := FindUser(tx, pool, name); err != nil || u.Username != "Ana" {
				t.Errorf("%s: %+v, %v", name, u, err)
			}
		}
		bob := User{PoolID: pool.ID, Username: "bob", Sub: "sub-2", Attributes: map[string]string{"email": "ana@example.com", "email_verified": "true"}}
		if err := PutUser(tx, pool, bob); !errors.Is(err, ErrAliasExists) {
			t.Errorf("a taken alias: %v", err)
		}
		bob.Attributes["email_verified"] = "false" // then it is no alias
		must(t, PutUser(tx, pool, bob))
		ana.Attributes = nil
		must(t, PutUser(tx, pool, ana))
		bob.Attributes["email_verified"] = "true"
		must(t, PutUser(tx, pool, bob))
		if u, err := FindUser(tx, pool, "ana@example.com"); err != nil || u.Username != "bob" {
			t.Errorf("an alias that changed hands: %+v, %v", u, err)
		}
		must(t, DeleteUser(tx, pool, bob))
		for _, name := range []string{"bob", "sub-2", "ana@example.com", "", "\x00"} {
			if u, err := FindUser(tx, pool, name); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%q: %+v, %v", name, u, err)
			}
		}
	})
}

// A pool goes with all that is in it, and with nothing else.
func TestDeletePool(t *testing.T) {
	t.Parallel()
	s := in(t, func(tx store.Tx) {
		for _, id := range []string{"us-east-1_A", "us-east-1_AB"} {
			pool := Pool{ID: id}
			must(t, PutPool(tx, pool), PutDomain(tx, "domain-"+id, id), PutKeys(tx, id, []byte("k")),
				PutClient(tx, Client{ID: "client-" + id, PoolID: id}), PutGroup(tx, Group{PoolID: id, Name: "g"}),
				PutResourceServer(tx, ResourceServer{PoolID: id, Identifier: "r"}), PutProvider(tx, Provider{PoolID: id, Name: "P"}),
				PutUser(tx, pool, User{PoolID: id, Username: "u", Sub: "s", Groups: []string{"g", "h"}}))
		}
	})
	then(t, s, func(tx store.Tx) { must(t, DeletePool(tx, "us-east-1_A")) })
	then(t, s, func(tx store.Tx) {
		for _, b := range []store.Bucket{"pools", "clients", "clients_of_pools", "domains", "resource_servers", "providers", "groups", "users", "keys"} {
			n := 0
			for range tx.Scan(b, "", "") {
				n++
			}
			if n != 1 {
				t.Errorf("%d records in %s, want the other pool's", n, b)
			}
		}
		pool := Pool{ID: "us-east-1_AB"}
		must(t, DeleteGroup(tx, pool, "g"))
		if u, err := GetUser(tx, pool, "u"); err != nil || !slices.Equal(u.Groups, []string{"h"}) {
			t.Errorf("groups of a member: %q, %v", u.Groups, err)
		}
		if _, err := FindUser(tx, Pool{ID: "us-east-1_A"}, "s"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("an alias of the deleted pool: %v", err)
		}
	})
}
