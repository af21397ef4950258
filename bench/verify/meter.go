package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// A job does the same number of verifications each time that it is called.
type job struct {
	verifications int
	do            func() error
}

// A throughput is the work of all goroutines in one window of time.
type throughput struct {
	verifications int64
	took          time.Duration
}

// nanoseconds returns the time that passes for one verification. Two cores that share
// nothing need half as long as one.
func (t throughput) nanoseconds() float64 {
	return float64(t.took) / float64(t.verifications)
}

// worker counts how often one goroutine has done its job. The padding gives the count a
// cache line of its own, so that two workers do not slow down each other's cores.
type worker struct {
	job  job
	done atomic.Int64
	_    [120]byte
	err  error // to be read when the goroutine has ended
}

func (w *worker) repeat(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := w.job.do(); err != nil {
			return err
		}
		w.done.Add(1)
	}
	return nil
}

// meter runs each job in a goroutine of its own and returns what they do in the window.
// The window begins when every goroutine has done its job once, and the goroutines work
// until after its end: neither their start nor their stop is measured. On a busy machine
// the window is longer: every goroutine does its job at least once in it.
func meter(ctx context.Context, window time.Duration, jobs ...job) (throughput, error) {
	working, stop := context.WithCancel(ctx)
	defer stop()
	workers := make([]*worker, len(jobs))
	var all sync.WaitGroup
	for n, j := range jobs {
		w := &worker{job: j}
		workers[n] = w
		all.Go(func() {
			if w.err = w.repeat(working); w.err != nil {
				stop()
			}
		})
	}
	advance(working, time.Millisecond, workers, make([]int64, len(workers)))
	before, start := counts(workers), time.Now()
	after := advance(working, window, workers, before)
	got := throughput{took: time.Since(start)}
	stop()
	all.Wait()
	for n, w := range workers {
		if w.err != nil {
			return throughput{}, w.err
		}
		got.verifications += (after[n] - before[n]) * int64(w.job.verifications)
	}
	return got, ctx.Err()
}

// advance waits for the time, and again until no worker has the count that it had before.
// It returns the new counts.
func advance(ctx context.Context, wait time.Duration, workers []*worker, before []int64) []int64 {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return counts(workers)
		}
		after, moved := counts(workers), true
		for n := range after {
			moved = moved && after[n] > before[n]
		}
		if moved {
			return after
		}
		timer.Reset(wait)
	}
}

func counts(workers []*worker) []int64 {
	counts := make([]int64, len(workers))
	for n, w := range workers {
		counts[n] = w.done.Load()
	}
	return counts
}
