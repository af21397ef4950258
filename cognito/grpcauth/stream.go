package grpcauth

import (
	"context"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
)

// A stream is one whose method has another context.
type stream struct {
	grpc.ServerStream
	ctx context.Context //nolint:containedctx // it is what grpc.ServerStream's Context must return
}

// Context implements grpc.ServerStream.
func (s *stream) Context() context.Context { return s.ctx }

// longestNap is after how long a term is looked at again: timers do not count the time
// for which a machine is suspended, nor follow a clock that is set.
const longestNap = 10 * time.Minute

// A term is the time that a stream has.
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

// serveUntil calls serve with a context and a term that end with the token. If they
// did before serve returned, expired says so: a method that only waited for its context
// may have returned anything.
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
	t.look()
	defer t.leave()
	err = serve(ctx, t)
	if t.leave() {
		return refusal, err
	}
	return nil, err
}

// look ends the term if its time has come, or sees to it that it will.
func (t *term) look() {
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
	t.stop = t.clock.AfterFunc(min(left, longestNap), t.look)
}

// finish ends the term by time. The caller holds mu.
func (t *term) finish() {
	t.ended = true
	close(t.over)
	t.cancel(t.err)
}

// isOver reports whether the time has come, also where no timer has said so yet.
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

// leave ends the term because the method has returned, and reports whether it had run
// out before.
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

// RecvMsg implements grpc.ServerStream. Where the term ends while it waits, m is not
// to be looked at, nor used again.
func (s *expiringStream) RecvMsg(m any) error {
	return s.term.within(func() error { return s.ServerStream.RecvMsg(m) })
}

// SendMsg implements grpc.ServerStream. It can wait too, for a client that does not
// read.
func (s *expiringStream) SendMsg(m any) error {
	return s.term.within(func() error { return s.ServerStream.SendMsg(m) })
}

// An outcome is how a call ended.
type outcome struct {
	err      error
	panicked bool
	value    any
}

// within returns what call does, or the end of the term if that comes first. grpc-go
// wakes those who wait only when the client goes away or the method has returned, and
// the method would be one of those who wait. So call is left behind, in a goroutine of
// its own, until the method has returned; there is no second one after it.
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
			panic(o.value) // where the interceptors that recover look for it
		}
		if t.isOver() { // nothing that came after the end is handed on
			return t.err
		}
		return o.err
	case <-t.over:
		return t.err
	}
}
