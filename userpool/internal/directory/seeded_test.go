package directory

import (
	"bytes"
	"errors"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

func TestSeeded(t *testing.T) {
	t.Parallel()
	in(t, func(tx store.Tx) {
		pool := Pool{ID: "us-east-1_a"}
		must(t, PutPool(tx, pool), PutSeeded(tx, "pool", pool.ID, []byte("digest")))
		must(t, DeletePool(tx, pool.ID))
		if digest, err := Seeded(tx, "pool", pool.ID); err != nil || !bytes.Equal(digest, []byte("digest")) {
			t.Errorf("of a deleted pool: %q, %v", digest, err)
		}
		if digest, err := Seeded(tx, "client", pool.ID); err != nil || digest != nil {
			t.Errorf("of another kind: %q, %v", digest, err)
		}
	})
}

// Who is found by which name follows the pool.
func TestReplacePool(t *testing.T) {
	t.Parallel()
	in(t, func(tx store.Tx) {
		old := Pool{ID: "us-east-1_a"}
		pool := Pool{ID: old.ID, AliasAttributes: []string{"email"}}
		must(t, PutPool(tx, old))
		for _, name := range []string{"a", "b"} {
			must(t, PutUser(tx, old, User{
				PoolID: old.ID, Username: name, Sub: "sub-" + name,
				Attributes: map[string]string{"email": name + "@example.com", "email_verified": "true"},
			}))
		}
		must(t, ReplacePool(tx, old, pool))
		if u, err := FindUser(tx, pool, "B@example.com"); err != nil || u.Username != "b" {
			t.Errorf("by the new alias: %q, %v", u.Username, err)
		}
		must(t, ReplacePool(tx, pool, old))
		if _, err := UserOfAlias(tx, pool, "email", "b@example.com"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("by what is none any more: %v", err)
		}
	})
}

func TestSetDomains(t *testing.T) {
	t.Parallel()
	in(t, func(tx store.Tx) {
		must(t, PutDomain(tx, "b", "p"), PutDomain(tx, "c", "p"), PutDomain(tx, "d", "q"))
		must(t, SetDomains(tx, "p", []string{"a", "c"}))
		for domain, want := range map[string]string{"a": "p", "b": "", "c": "p", "d": "q"} {
			if got, err := PoolOfDomain(tx, domain); got != want || (want == "") != errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %q, %v", domain, got, err)
			}
		}
	})
}
