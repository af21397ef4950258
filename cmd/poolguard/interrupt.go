package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// An interruption is the signal that ended the command.
type interruption struct{ signal os.Signal }

func (i *interruption) Error() string { return i.signal.String() }

// status is what a shell reports for a process that the signal killed.
func (i *interruption) status() int {
	if number, ok := i.signal.(syscall.Signal); ok {
		return 128 + int(number)
	}
	return statusUsage
}

// interruptible returns a context that the first Ctrl-C or SIGTERM ends. A second
// one kills the process: something hangs that no context can end.
func interruptible() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancelCause(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case s := <-signals:
			signal.Stop(signals)
			cancel(&interruption{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel(nil)
	}
}
