package revocation

import (
	"context"
	"fmt"
	"sync"
)

// flights are the current questions, one for each token.
type flights struct {
	slots chan struct{} // one for each request that may be under way

	mu    sync.Mutex
	under map[tokenHash]*flight // guarded by mu
}

// A flight is one question. All callers with the same token wait for its answer.
type flight struct {
	cancel  context.CancelFunc
	waiting int           // guarded by flights.mu
	done    chan struct{} // closed after verdict and err are set

	verdict verdict
	err     error
}

// askOnce returns the answer about the token. It joins a current question or starts one,
// and waits until ctx ends. The question is cancelled when the last waiting caller
// leaves, not when the first one does.
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

// join joins the token's flight or starts one. If the last one has just finished, it
// returns its verdict and no flight.
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
		// The client's transport may panic, or end the goroutine as a test's FailNow does. The
		// first would end the program, and the second would leave callers waiting forever.
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

// inTurn asks as soon as a slot is free.
func (o *Online) inTurn(ctx context.Context, ask func(context.Context) (verdict, error)) (verdict, error) {
	const tooMany = "Cognito was not asked: too many requests were waiting"
	select {
	case o.flights.slots <- struct{}{}:
	case <-ctx.Done():
		return verdict{}, &UnavailableError{reason: tooMany}
	}
	defer func() { <-o.flights.slots }()
	if ctx.Err() != nil { // a slot became free at the same time
		return verdict{}, &UnavailableError{reason: tooMany}
	}
	return ask(ctx)
}

// leave removes a caller that stops waiting.
func (o *Online) leave(name tokenHash, f *flight) {
	o.flights.mu.Lock()
	defer o.flights.mu.Unlock()
	if f.waiting--; f.waiting > 0 {
		return
	}
	f.cancel()
	// A later caller must not get the error of the cancelled question.
	if o.flights.under[name] == f {
		delete(o.flights.under, name)
	}
}

// finish removes a flight. The verdict is in the cache before, so a caller that finds no
// flight finds the verdict.
func (o *Online) finish(name tokenHash, f *flight) {
	o.flights.mu.Lock()
	defer o.flights.mu.Unlock()
	if o.flights.under[name] == f {
		delete(o.flights.under, name)
	}
}

func givenUp(cause error) error {
	return &UnavailableError{reason: "the caller stopped waiting for the answer", cause: cause}
}
