package keyset_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
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
