package keyset_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestFastPathDoesNotAllocate(t *testing.T) {
	e := &endpoint{}
	e.serve(both())
	ctx := context.Background()
	static, err := keyset.NewStatic([]byte(both()))
	if err != nil {
		t.Fatal(err)
	}
	for name, source := range map[string]keyset.Source{
		"remote": remote(t, e),
		"file":   file(t, write(t, both())),
		"static": static,
	} {
		mustKey(t, source, "one")
		if allocations := testing.AllocsPerRun(1000, func() {
			if _, err := source.Key(ctx, "two"); err != nil {
				t.Error(err)
			}
		}); allocations != 0 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}

func BenchmarkKey(b *testing.B) {
	e := &endpoint{}
	e.serve(both())
	source := remote(b, e)
	ctx := context.Background()
	mustKey(b, source, "one")
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := source.Key(ctx, "one"); err != nil {
				b.Error(err)
			}
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	e := &endpoint{}
	var flip atomic.Int64
	e.set(func(request *http.Request) (*http.Response, error) {
		switch flip.Add(1) % 3 {
		case 0:
			return nil, errors.New("connection refused")
		case 1:
			return respond(200, setOne())(request)
		}
		return respond(200, both())(request)
	})
	clock := newHandClock()
	source := remote(t, e, func(c *keyset.RemoteConfig) { c.Clock = clock })
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			ctx := context.Background()
			for n := range 500 {
				key, err := source.Key(ctx, []string{"one", "two", "three"}[(n+i)%3])
				if err == nil && n%5 == 0 {
					source.Replacement(ctx, key)
				}
				if n%50 == 0 {
					clock.move(time.Duration(n+1) * 17 * time.Second)
				}
				if n%170 == 0 {
					clock.move(-time.Hour)
				}
			}
		})
	}
	all.Wait()
}
