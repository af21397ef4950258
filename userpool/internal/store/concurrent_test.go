package store_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/store"
)

func doneContext(on subject) {
	t, s := on.t, on.s
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	notRun := func(store.Tx) error { t.Error("a transaction ran with a done context"); return nil }
	for range 50 { // a select with several ready cases takes any
		wantError(t, "View", s.View(ctx, notRun), context.Canceled)
		wantError(t, "Update", s.Update(ctx, notRun), context.Canceled)
	}
	// Once started, it goes to its end.
	ctx, cancel = context.WithCancel(t.Context())
	err := s.Update(ctx, func(tx store.Tx) error { cancel(); return tx.Put("a", "k", nil) })
	wantError(t, "Update", err, nil)
	wantContent(t, s, "a", "k", "")
}

func waitingGivesUp(on subject) {
	t, s := on.t, on.s
	update(t, s, func(tx store.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		done := make(chan error)
		go func() {
			done <- s.Update(ctx, func(tx store.Tx) error { return tx.Put("a", "waiting", nil) })
		}()
		wantError(t, "the second Update", <-done, context.DeadlineExceeded)
		return tx.Put("a", "first", nil)
	})
	wantContent(t, s, "a", "first", "")
}

func closed(on subject) {
	t, s := on.t, on.s
	put(t, s, "a", "k", "1")
	for range 2 {
		wantError(t, "Close", s.Close(), nil)
	}
	notRun := func(store.Tx) error { t.Error("a transaction ran after Close"); return nil }
	wantError(t, "View", s.View(t.Context(), notRun), store.ErrClosed)
	wantError(t, "Update", s.Update(t.Context(), notRun), store.ErrClosed)
}

func closeEndsWaiting(on subject) {
	t, s := on.t, on.s
	waiting, closing := make(chan error), make(chan error)
	update(t, s, func(tx store.Tx) error {
		go func() { waiting <- s.Update(t.Context(), func(store.Tx) error { return nil }) }()
		go func() { closing <- s.Close() }()
		// Before this Update ends, which Close waits for.
		wantError(t, "the waiting Update", <-waiting, store.ErrClosed)
		return tx.Put("a", "k", nil)
	})
	wantError(t, "Close", <-closing, nil)
}

func counters(on subject) {
	t, s := on.t, on.s
	const workers, times = 64, 5
	var group sync.WaitGroup
	for worker := range workers {
		group.Go(func() {
			for range times {
				for _, key := range []string{"all", fmt.Sprint("worker ", worker%8)} {
					if err := s.Update(t.Context(), func(tx store.Tx) error { return increment(tx, key) }); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	group.Wait()
	want := []string{"all", strconv.Itoa(workers * times)}
	for i := range 8 {
		want = append(want, fmt.Sprint("worker ", i), strconv.Itoa(workers*times/8))
	}
	wantContent(t, s, "counters", want...)
}

func increment(tx store.Tx, key string) error {
	value, err := tx.Get("counters", key)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	n, _ := strconv.Atoi(string(value))
	return tx.Put("counters", key, []byte(strconv.Itoa(n+1)))
}

// Every View sees the two halves of an Update together, while the tree or the
// file grows under it.
func manyViews(on subject) {
	t, s := on.t, on.s
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				err := s.View(t.Context(), func(tx store.Tx) error {
					left, right := len(content(tx, "left")), len(content(tx, "right"))
					if left != right {
						t.Errorf("%d in one bucket and %d in the other", left, right)
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for i := range 150 {
		key := strconv.Itoa(i * 7919 % 1000)
		update(t, s, func(tx store.Tx) error {
			return errors.Join(tx.Put("left", key, make([]byte, 2000)), tx.Put("right", key, nil))
		})
	}
	close(stop)
	group.Wait()
}
