package directory_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/directory"
	"github.com/poolguard/poolguard/userpool/internal/store"
)

// TestKeysOfAnyLength: what comes from outside may be looked for, whatever it is.
func TestKeysOfAnyLength(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 40_000)
	pool := directory.Pool{ID: testPoolID, AliasAttributes: []string{"email"}}
	err := store.NewMemory().View(context.Background(), func(tx store.Tx) error {
		for name, look := range map[string]func() error{
			"pool":     func() error { _, err := directory.GetPool(tx, long); return err },
			"client":   func() error { _, err := directory.GetClient(tx, long); return err },
			"user":     func() error { _, err := directory.GetUser(tx, pool, long); return err },
			"any name": func() error { _, err := directory.FindUser(tx, pool, long); return err },
			"alias":    func() error { _, err := directory.UserOfAlias(tx, pool, "email", long); return err },
			"identity": func() error { _, err := directory.UserOfIdentity(tx, pool, "p", long); return err },
			"group":    func() error { _, err := directory.GetGroup(tx, testPoolID, long); return err },
			"domain":   func() error { _, err := directory.PoolOfDomain(tx, long); return err },
			"server":   func() error { _, err := directory.GetResourceServer(tx, testPoolID, long); return err },
			"provider": func() error { _, err := directory.GetProvider(tx, testPoolID, long); return err },
			"sign-in":  func() error { _, err := directory.GetSignIn(tx, long); return err },
		} {
			if err := look(); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for range directory.Users(tx, pool, long) {
			t.Error("a user")
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
