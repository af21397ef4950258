package authz_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/gateway/internal/authz"
)

func TestBoundEndsAfterItsTime(t *testing.T) {
	for name, wait := range map[string]func(b *authz.Bound){
		"waited for":    func(b *authz.Bound) { <-b.Done() },
		"asked":         func(*authz.Bound) { time.Sleep(time.Second) },
		"a child of it": func(b *authz.Bound) { child, cancel := context.WithCancel(b); defer cancel(); <-child.Done() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				b := authz.Within(t.Context(), time.Second)
				defer b.Release()
				if at, ok := b.Deadline(); !ok || !at.Equal(start.Add(time.Second)) || b.Err() != nil {
					t.Errorf("got %v, %v, %v", at, ok, b.Err())
				}
				wait(b)
				if got := time.Since(start); got != time.Second || !errors.Is(b.Err(), context.DeadlineExceeded) {
					t.Errorf("ended after %v: %v", got, b.Err())
				}
				<-b.Done()
			})
		})
	}
}

func TestBoundEndsWithItsParent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		parent, cancel := context.WithTimeout(t.Context(), time.Second)
		b := authz.Within(parent, time.Hour)
		waiting := authz.Within(parent, time.Hour)
		ended := make(chan struct{})
		go func() { <-waiting.Done(); close(ended) }()
		synctest.Wait()
		if at, _ := b.Deadline(); time.Until(at) != time.Second {
			t.Errorf("the deadline is in %v", time.Until(at))
		}
		cancel()
		<-ended
		for _, each := range []*authz.Bound{b, waiting} {
			<-each.Done()
			if !errors.Is(each.Err(), context.Canceled) {
				t.Errorf("got %v", each.Err())
			}
			each.Release()
		}
	})
}

func TestReleaseEndsThoseThatWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type key struct{}
		b := authz.Within(context.WithValue(t.Context(), key{}, "value"), time.Hour)
		if b.Value(key{}) != "value" {
			t.Error("the value of the parent is not there")
		}
		child, cancel := context.WithTimeout(b, time.Minute)
		defer cancel()
		if b.Value(key{}) != "value" || child.Value(key{}) != "value" {
			t.Error("the value of the parent is not there after the start of the timer")
		}
		b.Release()
		<-child.Done()
		if !errors.Is(child.Err(), context.Canceled) || !errors.Is(b.Err(), context.Canceled) {
			t.Errorf("got %v, %v", child.Err(), b.Err())
		}
	})
}
