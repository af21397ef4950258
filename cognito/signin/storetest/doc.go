// Package storetest tests stores of sessions: every [signin.Store] must pass [Run].
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Config{New: func(t *testing.T) signin.Store { return newStore(t) }})
//	}
//
// It owns the meaning of the interface. It knows no store.
package storetest
