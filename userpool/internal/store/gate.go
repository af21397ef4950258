package store

import (
	"context"
	"sync"
)

// gate lets one Update at a time through, and none after Close. It is not a
// mutex because one who waits for a mutex cannot give up.
type gate struct {
	slot   chan struct{} // holds one element while an Update runs, and for ever after close
	closed chan struct{}
	once   sync.Once // guards closing of closed
}

func newGate() *gate {
	return &gate{slot: make(chan struct{}, 1), closed: make(chan struct{})}
}

// check says whether a transaction may start.
func (g *gate) check(ctx context.Context) error {
	select {
	case <-g.closed:
		return ErrClosed
	default:
		return ctx.Err()
	}
}

// enter waits for its turn; after a nil error leave must be called.
func (g *gate) enter(ctx context.Context) error {
	if err := g.check(ctx); err != nil {
		return err
	}
	select {
	case <-g.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case g.slot <- struct{}{}:
	}
	// A select with several ready cases takes any of them.
	if err := g.check(ctx); err != nil {
		g.leave()
		return err
	}
	return nil
}

func (g *gate) leave() { <-g.slot }

// close returns true to the first caller, once no Update runs any more.
func (g *gate) close() bool {
	first := false
	g.once.Do(func() {
		close(g.closed)
		g.slot <- struct{}{}
		first = true
	})
	return first
}
