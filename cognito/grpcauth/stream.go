package grpcauth

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A stream is a server stream with another context.
type stream struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // it is what grpc.ServerStream's Context must return
}

// Context implements grpc.ServerStream.
func (s *stream) Context() context.Context { return s.ctx }

// maxTimer is the longest time until a term checks the clock again: timers do not count
// the time while a machine is suspended, and do not follow a clock that is set.
const maxTimer = 10 * time.Minute

// A term is the time until a stream ends.
type term struct {
	clock  keyset.Clock
	end    time.Time
	over   chan struct{} // closed when the stream is to end
	err    error         // what is returned from then on
	cancel context.CancelCauseFunc

	mu    sync.Mutex // guards what follows
	ended bool       // by time, or because the method has returned
	stop  func() bool
}

// serveUntil calls serve with a context and a term that end with the token. expired is
// not nil if they ended before serve returned. In that case the error of serve does not
// count: a method that waited for its context may return anything.
func (i *Interceptor) serveUntil(ctx context.Context, token cognito.Token, serve func(context.Context, *term) error) (expired, err error) {
	var exp time.Time
	switch token := token.(type) {
	case *cognito.AccessToken:
		exp = token.ExpiresAt()
	case *cognito.IDToken:
		exp = token.ExpiresAt()
	}
	refusal := cognito.NewError(cognito.ErrTokenExpired, "the token expired while the stream was open; open another one with a new token")
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t := &term{clock: i.config.Clock, end: exp.Add(i.config.StreamLeeway), over: make(chan struct{}), err: Status(refusal).Err(), cancel: cancel}
	t.check()
	defer t.leave()
	err = serve(ctx, t)
	if t.leave() {
		return refusal, err
	}
	return nil, err
}

// check ends the term if its time is over, and otherwise sets a timer.
func (t *term) check() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ended {
		return
	}
	left := t.end.Sub(t.clock.Now())
	if left <= 0 {
		t.finish()
		return
	}
	t.stop = t.clock.AfterFunc(min(left, maxTimer), t.check)
}

// finish ends the term because its time is over. The caller holds mu.
func (t *term) finish() {
	t.ended = true
	close(t.over)
	t.cancel(t.err)
}

// isOver reports whether the time is over, also if no timer has fired yet.
func (t *term) isOver() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.ended && !t.clock.Now().Before(t.end) {
		if t.stop != nil {
			t.stop()
		}
		t.finish()
	}
	return t.hasRunOut()
}

func (t *term) hasRunOut() bool {
	select {
	case <-t.over:
		return true
	default:
		return false
	}
}

// leave ends the term because the method has returned. It reports whether the time was
// over before.
func (t *term) leave() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.stop != nil {
		t.stop()
	}
	return t.hasRunOut()
}

// An expiringStream ends with its term.
type expiringStream struct {
	stream
	term *term
}

// RecvMsg implements grpc.ServerStream. If the term ends while it waits, the caller must
// not read m or use it again.
func (s *expiringStream) RecvMsg(m any) error {
	return s.term.within(func() error { return s.ServerStream.RecvMsg(m) })
}

// SendMsg implements grpc.ServerStream. It can wait too, for a client that does not read.
func (s *expiringStream) SendMsg(m any) error {
	return s.term.within(func() error { return s.ServerStream.SendMsg(m) })
}

// An outcome is the result of a call.
type outcome struct {
	err      error
	panicked bool
	value    any
}

// within returns the result of call, or the error of the term if that ends first. grpc-go
// ends a waiting call only when the client disconnects or the method returns, and the
// method would be the one that waits. So call continues in a goroutine of its own until
// the method has returned. There is only one such goroutine.
func (t *term) within(call func() error) error {
	if t.isOver() {
		return t.err
	}
	done := make(chan outcome, 1)
	go func() {
		o := outcome{panicked: true}
		defer func() {
			if o.panicked {
				o.value = recover()
			}
			done <- o
		}()
		o.err = call()
		o.panicked = false
	}()
	select {
	case o := <-done:
		if o.panicked {
			panic(o.value) // in the goroutine where other interceptors recover
		}
		if t.isOver() { // results after the end are dropped
			return t.err
		}
		return o.err
	case <-t.over:
		return t.err
	}
}
