package poolserve

import (
	"context"
	"log/slog"
	"time"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

const (
	// maxWaiting bounds the messages that wait for the output.
	maxWaiting = 1000
	// flushWait is how long the messages that wait may take at the end.
	flushWait = time.Second
)

// A postbox writes to the operator what Cognito would send. The output can be a pipe that
// is full and that no program reads, so no request waits for it: messages wait in a queue,
// and a message that finds the queue full is dropped.
type postbox struct {
	style   terminal.Style
	log     *slog.Logger
	waiting chan userpool.Message
	stop    chan struct{} // closed by flush: no message comes after that
	done    chan struct{} // closed when the last message is written
}

func newPostbox(style terminal.Style, log *slog.Logger) *postbox {
	return &postbox{
		style: style, log: log, waiting: make(chan userpool.Message, maxWaiting),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
}

// deliver puts a message into the queue and never waits.
func (p *postbox) deliver(ctx context.Context, m userpool.Message) {
	select {
	case p.waiting <- m:
	default:
		p.log.WarnContext(ctx, "a code is lost: standard output is full, and no program reads it", "pool", m.PoolID, "purpose", m.Purpose)
	}
}

// run writes messages, one at a time, until flush. A reader of the output that has ended
// is not an error: there is no operator to report it to.
func (p *postbox) run(write func([]byte) error) {
	defer close(p.done)
	for {
		select {
		case m := <-p.waiting:
			p.print(write, m)
		case <-p.stop:
			for {
				select {
				case m := <-p.waiting:
					p.print(write, m)
				default:
					return
				}
			}
		}
	}
}

func (p *postbox) print(write func([]byte) error, m userpool.Message) {
	_ = write([]byte(p.style.Message("", messageLine(m))))
}

// flush ends run after the messages that wait, unless the output takes too long.
func (p *postbox) flush() {
	close(p.stop)
	limit := time.NewTimer(flushWait)
	defer limit.Stop()
	select {
	case <-p.done:
	case <-limit.C:
	}
}
