package lambdaauth

import (
	"context"
	"time"

	"github.com/poolguard/poolguard/cognito"
)

// answerBefore is how long before its deadline a function answers. At the deadline, Lambda stops the
// process, and nothing is logged any more.
const answerBefore = 200 * time.Millisecond

// withinDeadline returns a context that ends [answerBefore] the deadline of the function, or after half
// of the time if less than twice that is left. Without a deadline, as in tests, it is ctx.
func withinDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return ctx, func() {}
	}
	return context.WithDeadline(ctx, deadline.Add(-min(answerBefore, time.Until(deadline)/2)))
}

// timeAdvice is for the log line of a function that ran out of time.
func timeAdvice(code cognito.Code) string {
	if code == cognito.ErrKeysUnavailable {
		return "the key set did not arrive before the function's deadline: in a VPC, give the function a way to the issuer's address, or give the verifier its keys (docs/lambda.md)"
	}
	return "a check did not end before the function's deadline: raise the function's time-out, or give the check a shorter one"
}
