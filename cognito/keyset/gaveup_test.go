package keyset_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

func TestGivingUpTellsOfTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(respond(403, ""))
		source := remote(t, e)
		mustBeUnavailable(t, source, "one")
		e.set(hang)
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := source.Key(ctx, "one")
		if found := unavailable(t, err); !errors.Is(err, context.DeadlineExceeded) || !found.Absent() {
			t.Errorf("error %v, absent %v", err, found.Absent())
		}
		if !strings.Contains(err.Error(), "gave up waiting") || !strings.Contains(err.Error(), "status 403") {
			t.Errorf("error %q", err)
		}
		time.Sleep(time.Minute)
	})
}

// TestGivingUpWrapsTheLastAttempt beside the context's error.
func TestGivingUpWrapsTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e, broken := &endpoint{}, errors.New("broken")
		e.set(func(*http.Request) (*http.Response, error) { return nil, broken })
		source := remote(t, e)
		mustBeUnavailable(t, source, "one")
		e.set(hang)
		time.Sleep(time.Second)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := source.Key(ctx, "one")
		if unavailable(t, err); !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, broken) {
			t.Errorf("error %v", err)
		}
		time.Sleep(time.Minute)
	})
}

func TestErrorsTellWhetherASetIsHeld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := &endpoint{}
		e.set(respond(503, ""))
		source := remote(t, e)
		if mustBeUnavailable(t, source, "one").Held() {
			t.Error("held before there was a set")
		}
		time.Sleep(time.Minute)
		e.serve(both())
		mustKey(t, source, "one")
		time.Sleep(time.Minute)
		e.set(hang)
		for _, cause := range []error{context.DeadlineExceeded, context.Canceled} {
			_, err := source.Key(ended(t, cause), "three")
			if !unavailable(t, err).Held() || !errors.Is(err, cause) {
				t.Errorf("%v: not held, error %v", cause, err)
			}
		}
		time.Sleep(time.Minute)
		if !mustBeUnavailable(t, source, "three").Held() {
			t.Error("not held after a refresh that failed")
		}
		e.serve(both())
		time.Sleep(10 * time.Minute)
		mustNotFind(t, source, "three")
		e.set(hang)
		time.Sleep(2 * time.Hour) // past the max age
		_, err := source.Key(ended(t, context.Canceled), "one")
		if unavailable(t, err).Held() {
			t.Error("held, without a key that was there")
		}
		time.Sleep(48 * time.Hour) // past the stale limit
		if mustBeUnavailable(t, source, "one").Held() || (*keyset.UnavailableError)(nil).Held() {
			t.Error("held after the stale limit")
		}
		time.Sleep(time.Minute) // the fetch ends
	})
}

// ended returns a context that ends for a cause before a fetch does.
func ended(t *testing.T, cause error) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	if cause == context.Canceled {
		cancel()
	}
	t.Cleanup(cancel)
	return ctx
}
