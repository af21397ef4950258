package storetest_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito/signin"
	"github.com/poolguard/poolguard/cognito/signin/storetest"
)

// The tests of a store, for its own package.
func ExampleRun() {
	_ = func(t *testing.T) {
		t.Helper()
		storetest.Run(t, storetest.Config{
			New: func(*testing.T) signin.Store { return signin.NewMemoryStore(signin.MemoryStoreConfig{}) },
		})
	}
	// Output:
}
