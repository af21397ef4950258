package lambdaauth_test

import (
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestWarningsAreLimited: events of the wrong kind do not fill the log, and the next line has
// the number of those that are not in it. Other handlers have lines of their own.
func TestWarningsAreLimited(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	warnings := func() int { return strings.Count(w.logs.String(), `"level":"WARN"`) }
	for range 50 {
		if _, err := w.HTTPv1(t.Context(), lambdaauth.HTTPv1Event{}); err == nil {
			t.Fatal("an event without a kind is accepted")
		}
	}
	if n := warnings(); n != 1 {
		t.Errorf("%d warnings", n)
	}
	_, _ = w.HTTPSimple(t.Context(), lambdaauth.HTTPEvent{})
	w.issuer.Clock().Advance(time.Second)
	_, _ = w.HTTPv1(t.Context(), lambdaauth.HTTPv1Event{})
	if n := warnings(); n != 3 || !strings.Contains(w.logs.String(), `"suppressed":49`) {
		t.Errorf("%d warnings", n)
	}
}
