package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// load is the part of the limit that the load is.
const load = 0.8

// soak finds the limit, and then puts the load on while everything changes.
func (s *stage) soak(ctx context.Context) (err error) {
	limit := s.put(ctx, min(s.options.length/10, 5*time.Second), 0)
	pause := time.Duration(float64(s.options.workers) / (limit * load) * float64(time.Second))
	if s.before, err = s.measure(); err != nil {
		return err
	}
	fmt.Fprintf(s.stderr, "the limit is %.0f requests/s; a load of %.0f %% for %v\n", limit, 100*load, s.options.length)
	changing, stop := context.WithCancel(ctx)
	var changes sync.WaitGroup
	var failed error
	changes.Go(func() { failed = s.change(ctx, changing) })
	s.perSecond = s.put(ctx, s.options.length, pause)
	stop()
	changes.Wait()
	if failed != nil {
		return failed
	}
	if s.after, err = s.measure(); err != nil {
		return err
	}
	return ctx.Err()
}

// change makes one change after the other, until changing ends. A change that began ends well.
func (s *stage) change(ctx, changing context.Context) error {
	pool := s.issuer.Pool()
	fail := func(status int) func() error {
		return func() error {
			s.counts.failures.Add(1)
			pool.FailKeySet(status)
			return nil
		}
	}
	restore := func() error { pool.RestoreKeySet(); return nil }
	rotate := func() error { s.rotate(); return nil }
	write := func(allow string) func() error {
		return func() error {
			s.counts.reloads.Add(1)
			return s.write(allow)
		}
	}
	restart := func() error { return s.restart(ctx) }
	steps := []func() error{
		write("anonymous"), fail(http.StatusInternalServerError), rotate, write("optional"), restore, restart,
		write("nobody"), rotate, write("anonymous"), fail(0), restart, restore,
	}
	// All of them twice in a short run.
	pace := time.NewTicker(max(s.options.length/time.Duration(2*len(steps)+2), 100*time.Millisecond))
	if s.options.length > time.Minute {
		pace.Reset(2 * time.Second)
	}
	defer pace.Stop()
	for n := 0; ; n++ {
		select {
		case <-changing.Done():
			return nil
		case <-pace.C:
		}
		if err := steps[n%len(steps)](); err != nil {
			return err
		}
	}
}

// rotate signs all further tokens with new keys. The keys before the last ones are withdrawn.
func (s *stage) rotate() {
	pool := s.issuer.Pool()
	former := []string{pool.AccessKey().ID(), pool.IDKey().ID()}
	for _, kid := range s.former {
		pool.WithdrawKey(kid)
	}
	s.former = former
	pool.RotateKeys()
	s.issuer.Clock().Set(time.Now())
	s.tokens.Store(newGeneration(pool))
	s.counts.rotations.Add(1)
}

// restart stops and starts every proxy.
func (s *stage) restart(ctx context.Context) (err error) {
	for _, t := range s.targets {
		if t.start == nil {
			continue
		}
		t.epoch.Add(1)
		t.process.Stop()
		if t.process, err = t.start(ctx); err != nil {
			return fmt.Errorf("%s does not start again: %w", t.name, err)
		}
		t.epoch.Add(1)
		s.counts.restarts.Add(1)
	}
	return nil
}

// measures are what the gateway uses while it is idle.
type measures struct {
	bytes       int64
	descriptors int
}

func (s *stage) measure() (m measures, err error) {
	s.client.CloseIdleConnections()
	time.Sleep(time.Second) // the gateway sees that they are closed
	if m.bytes, err = usage.Resident(s.gateway.PID()); err != nil {
		return m, err
	}
	m.descriptors, err = usage.Descriptors(s.gateway.PID())
	return m, err
}

// What the gateway may hold at the end beyond what it held at the start: the cache of verified
// tokens has 32 MiB, which garbage collection doubles, and each worker has connections.
const (
	moreBytes       = 160 << 20
	moreDescriptors = 64
)

// isAbove reports whether the use of the gateway grew without a limit that explains it.
func (m measures) isAbove(start measures, workers int) bool {
	return m.bytes > start.bytes+moreBytes || m.descriptors > start.descriptors+moreDescriptors+2*workers
}
