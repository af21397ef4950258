package keyset

import (
	"context"
	"testing"
)

// TestOutcomeGoesBeforeGivingUp: where the outcome is there and the context has ended,
// both, it is the outcome that counts, each time.
func TestOutcomeGoesBeforeGivingUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan struct{})
	if waitFor(ctx, done) {
		t.Error("there is no outcome")
	}
	close(done)
	for range 100 {
		if !waitFor(ctx, done) {
			t.Fatal("gave up although the outcome is there")
		}
	}
}
