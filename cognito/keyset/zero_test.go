package keyset_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestSourcesThatNoConstructorMade: they have no key, answer at once and never panic.
func TestSourcesThatNoConstructorMade(t *testing.T) {
	good, err := keyset.NewStatic([]byte(setOne()))
	if err != nil {
		t.Fatal(err)
	}
	old := good.Set().Keys()[0]
	for name, source := range map[string]keyset.Source{
		"nil Remote": (*keyset.Remote)(nil), "zero Remote": &keyset.Remote{},
		"nil File": (*keyset.File)(nil), "zero File": &keyset.File{},
		"nil Static": (*keyset.Static)(nil), "zero Static": &keyset.Static{},
	} {
		for what, ask := range map[string]func(context.Context) (*keyset.Key, error){
			"key":         func(ctx context.Context) (*keyset.Key, error) { return source.Key(ctx, "a") },
			"replacement": func(ctx context.Context) (*keyset.Key, error) { return source.Replacement(ctx, old) },
			"load":        func(ctx context.Context) (*keyset.Key, error) { return nil, source.Load(ctx) },
		} {
			key, err := ask(t.Context())
			unavailable, ok := errors.AsType[*keyset.UnavailableError](err)
			_, isStatic := source.(*keyset.Static)
			switch {
			case key != nil:
				t.Errorf("%s: %s: got a key", name, what)
			case isStatic && (what == "key") != errors.Is(err, keyset.ErrKeyNotFound):
				t.Errorf("%s: %s: %v", name, what, err)
			case !isStatic && (!ok || unavailable.RetryAfter() != time.Second):
				t.Errorf("%s: %s: %v", name, what, err)
			}
		}
		if source.Holds(old, time.Now()) {
			t.Errorf("%s holds a key", name)
		}
	}
	var none *keyset.Set
	if none != (*keyset.Static)(nil).Set() || len(none.Keys())+len(none.Skipped()) != 0 {
		t.Error("the nil Set has members")
	}
}
