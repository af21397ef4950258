package issuer

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

// Attack: CreateUserPool in a loop, to keep all processors busy with keys that no request
// needs.
func TestManyPoolsMakeFewKeysAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		i := newIssuer(store.NewMemory(), &clock{time.Unix(1_800_000_000, 0)}, Rotation{})
		pair, err := newKeyPair(i.cfg.Now())
		if err != nil {
			t.Fatal(err)
		}
		begun, finish := make(chan struct{}, 1000), make(chan struct{})
		i.newPair = func(time.Time) (keyPair, error) {
			begun <- struct{}{}
			<-finish
			return pair, nil
		}
		for n := range 200 {
			i.Prepare(fmt.Sprintf("us-east-1_Many%05d", n))
		}
		for n := range 50 { // those that requests need wait for their turn, too
			go func() { _, _ = i.KeySet(t.Context(), fmt.Sprintf("us-east-1_Need%05d", n)) }()
		}
		synctest.Wait()
		if got := len(begun); got != cap(i.making) {
			t.Errorf("%d pairs are made at once, want %d", got, cap(i.making))
		}
		close(finish)
		synctest.Wait()
		if got, want := len(begun), maxPreparing+50; got != want {
			t.Errorf("%d pairs were made, want %d", got, want)
		}
		// The pools that Prepare left out get their keys when a request needs them, and
		// Prepare works again.
		i.Prepare("us-east-1_Later0001")
		if _, err := i.KeySet(t.Context(), "us-east-1_Many00199"); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if got, want := len(begun), maxPreparing+50+2; got != want {
			t.Errorf("%d pairs were made, want %d", got, want)
		}
	})
}
