package signin_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/signin"
	"github.com/poolguard/poolguard/cognito/signin/storetest"
)

func TestMemoryStore(t *testing.T) {
	var clock cognitotest.Clock
	storetest.Run(t, storetest.Config{
		New:  func(*testing.T) signin.Store { return signin.NewMemoryStore(signin.MemoryStoreConfig{Now: clock.Now}) },
		Now:  clock.Now,
		Wait: clock.Advance,
		Tick: 10 * time.Second,
	})
}

// TestFullMemoryStoreRefusesSignIns: a full store forgets no session for a new one, and has
// room again after the end of one.
func TestFullMemoryStoreRefusesSignIns(t *testing.T) {
	var clock cognitotest.Clock
	store := signin.NewMemoryStore(signin.MemoryStoreConfig{MaxSessions: 2, Now: clock.Now})
	create := func(n byte) error {
		now := clock.Now()
		return store.Create(t.Context(), signin.Record{Key: signin.Key{n}, UserPool: "p", CreatedAt: now, ExpiresAt: now.Add(time.Hour)})
	}
	if err := errors.Join(create(1), create(2)); err != nil {
		t.Fatal(err)
	}
	if err := create(3); err == nil || errors.Is(err, signin.ErrExists) {
		t.Errorf("a third session: %v", err)
	}
	if _, err := store.Load(t.Context(), signin.Key{1}); err != nil {
		t.Error(err)
	}
	clock.Advance(time.Hour)
	if err := create(3); err != nil {
		t.Errorf("after the end of the others: %v", err)
	}
}

func TestKeyHasOneSpelling(t *testing.T) {
	key := signin.Key{0xab, 1}
	if got, ok := signin.ParseKey(key.String()); !ok || got != key {
		t.Error("the text of a key is not read back")
	}
	for _, text := range []string{"", "ab", key.String() + "00", "AB" + key.String()[2:], key.String()[:62] + "zz"} {
		if _, ok := signin.ParseKey(text); ok {
			t.Errorf("%q is read", text)
		}
	}
}

func ExampleParseKey() {
	key, ok := signin.ParseKey("00000000000000000000000000000000000000000000000000000000000000ff")
	fmt.Println(key[31], ok)
	// Output: 255 true
}
