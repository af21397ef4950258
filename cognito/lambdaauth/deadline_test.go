package lambdaauth_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestFunctionWithoutEgressIsReportedBeforeItsDeadline: the key set never arrives. Lambda stops the
// process at the deadline, so the answer and the warning must come before.
func TestFunctionWithoutEgressIsReportedBeforeItsDeadline(t *testing.T) {
	for _, test := range []struct{ timeout, left time.Duration }{
		{3 * time.Second, 200 * time.Millisecond},
		{10 * time.Second, 200 * time.Millisecond},
		{100 * time.Millisecond, 50 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, lambdaauth.Config{})
			w.issuer.Pool().SlowKeySet(time.Hour)
			defer w.issuer.Clock().Advance(2 * time.Hour) // ends the request for the key set
			token := w.access()
			ctx, cancel := context.WithTimeout(t.Context(), test.timeout)
			defer cancel()
			answer, err := w.RESTToken(ctx, tokenEvent(token, shortStage+"GET/orders"))
			checkRefusal(t, "no egress", 500, answer, err)
			deadline, _ := ctx.Deadline()
			if left := time.Until(deadline); left != test.left { // on the simulated clock
				t.Errorf("time-out %v: answered %v before the deadline, want %v", test.timeout, left, test.left)
			}
			for _, part := range []string{`"WARN"`, `"keys_unavailable"`, "context deadline exceeded", "docs/lambda.md"} {
				if !strings.Contains(w.logs.String(), part) {
					t.Errorf("time-out %v: %q is not in the log: %s", test.timeout, part, w.logs)
				}
			}
		})
	}
}

// TestEveryHandlerAnswersBeforeTheDeadline: also where a check of the application waits.
func TestEveryHandlerAnswersBeforeTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wait := cognito.Require(func(ctx context.Context, _ cognito.Token) error {
			<-ctx.Done()
			return ctx.Err()
		})
		w := newWorld(t, lambdaauth.Config{Require: []cognito.Requirement{wait}})
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		for kind, handle := range w.answeredWithin(ctx, t, w.access()) {
			w.issuer.Clock().Advance(time.Second) // the next line about the code is shown
			before := len(w.logs.String())
			if _, err := handle(); err == nil {
				t.Errorf("%s: no error", kind)
			}
			if ctx.Err() != nil {
				t.Fatalf("%s did not answer before the deadline", kind)
			}
			if line := w.logs.String()[before:]; !strings.Contains(line, `"WARN"`) || !strings.Contains(line, "raise the function's time-out") {
				t.Errorf("%s: logged %q", kind, line)
			}
		}
	})
}

// TestTemporaryRefusalsAreOneWarningASecond for each code, over all handlers.
func TestTemporaryRefusalsAreOneWarningASecond(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	w.issuer.Pool().FailKeySet(500)
	token := w.access()
	for second := range 3 {
		for range 2 {
			for kind, handle := range w.answered(t, token) {
				if _, err := handle(); err == nil {
					t.Errorf("%s: no error", kind)
				}
			}
		}
		lines := strings.Split(w.logs.String(), "\n")
		lines = slices.DeleteFunc(lines, func(line string) bool { return !strings.Contains(line, `"WARN"`) })
		if len(lines) != second+1 || !strings.Contains(lines[second], `"keys_unavailable"`) || second > 0 && !strings.Contains(lines[second], `"suppressed":`) {
			t.Fatalf("second %d: the warnings are %q", second, lines)
		}
		w.issuer.Clock().Advance(time.Second)
	}
}

// A caller that has gone is no fault of the function.
func TestCancelledCallIsNoWarning(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	w.issuer.Pool().SlowKeySet(time.Hour)
	defer w.issuer.Clock().Advance(2 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.RESTToken(ctx, tokenEvent(w.access(), shortStage+"GET/orders")); err == nil {
		t.Error("no error")
	}
	if strings.Contains(w.logs.String(), `"WARN"`) {
		t.Errorf("logged %s", w.logs)
	}
}
