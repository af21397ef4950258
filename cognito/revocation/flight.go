package revocation

import (
	"context"
	"fmt"
	"sync"
)

// flights are the questions under way, one for each token.
type flights struct {
	slots chan struct{} // one for each request that may be under way

	mu    sync.Mutex
	under map[tokenHash]*flight // guarded by mu
}

// A flight is one question and all who wait for its answer.
type flight struct {
	cancel  context.CancelFunc
	waiting int           // guarded by flights.mu
	done    chan struct{} // closed after verdict and err are set

	verdict verdict
	err     error
}

// askOnce waits for the answer about the token, as long as ctx allows, and asks if
// nobody does. The question is given up with the last who waits for it, and not with
// the first who asked.
func (o *Online) askOnce(ctx context.Context, name tokenHash, ask func(context.Context) (verdict, error)) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, givenUp(err)
	}
	f, v := o.join(ctx, name, ask)
	if f == nil {
		return v.revoked, nil
	}
	select {
	case <-f.done:
		return f.verdict.revoked, f.err
	case <-ctx.Done():
		o.leave(name, f)
		return false, givenUp(ctx.Err())
	}
}

// join joins the token's flight or begins one. Where the last one has just landed
// there is none, but its verdict.
func (o *Online) join(ctx context.Context, name tokenHash, ask func(context.Context) (verdict, error)) (*flight, verdict) {
	o.flights.mu.Lock()
	defer o.flights.mu.Unlock()
	if f := o.flights.under[name]; f != nil {
		f.waiting++
		return f, verdict{}
	}
	if v, ok := o.remembered(name); ok {
		return nil, v
	}
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), o.timeout)
	f := &flight{cancel: cancel, waiting: 1, done: make(chan struct{})}
	o.flights.under[name] = f
	go func() {
		defer cancel()
		// Deferred, because the client's transport may panic, or end the goroutine as a
		// test's FailNow does: in one that is nobody's, the first would end the program and
		// the second have others wait forever.
		f.err = &UnavailableError{reason: "the HTTP client's transport ended the goroutine of the question"}
		defer func() {
			if p := recover(); p != nil {
				f.err = &UnavailableError{reason: fmt.Sprintf("the HTTP client's transport panicked with a value of type %T", p)}
			}
			o.finish(name, f)
			close(f.done)
		}()
		f.verdict, f.err = o.inTurn(within, ask)
	}()
	return f, verdict{}
}

// inTurn asks when a slot is free.
func (o *Online) inTurn(ctx context.Context, ask func(context.Context) (verdict, error)) (verdict, error) {
	select {
	case o.flights.slots <- struct{}{}:
	case <-ctx.Done():
		return verdict{}, &UnavailableError{reason: "Cognito was not asked: too many questions were before this one"}
	}
	defer func() { <-o.flights.slots }()
	return ask(ctx)
}

// leave is for who waits no longer.
func (o *Online) leave(name tokenHash, f *flight) {
	o.flights.mu.Lock()
	defer o.flights.mu.Unlock()
	if f.waiting--; f.waiting > 0 {
		return
	}
	f.cancel()
	// Who comes now must not be told that it was given up.
	if o.flights.under[name] == f {
		delete(o.flights.under, name)
	}
}

// finish is after the verdict was remembered, so that who finds no flight finds that.
func (o *Online) finish(name tokenHash, f *flight) {
	o.flights.mu.Lock()
	defer o.flights.mu.Unlock()
	if o.flights.under[name] == f {
		delete(o.flights.under, name)
	}
}

func givenUp(cause error) error {
	return &UnavailableError{reason: "the answer was not waited for", cause: cause}
}
