package poolserve

import (
	"context"
	"log/slog"

	"github.com/poolguard/poolguard/internal/linequeue"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// A postbox writes to the operator what Cognito would send. The output can be a pipe that
// is full and that no program reads, so no request waits for it.
type postbox struct {
	style terminal.Style
	log   *slog.Logger
	lines *linequeue.Queue
}

func newPostbox(style terminal.Style, log *slog.Logger, write func([]byte) error) *postbox {
	return &postbox{style: style, log: log, lines: linequeue.New(write, nil)}
}

// deliver puts a message into the queue and never waits. The log, which never waits either,
// reports a message that was dropped.
func (p *postbox) deliver(ctx context.Context, m userpool.Message) {
	if !p.lines.Offer([]byte(p.style.Message("", messageLine(m)))) {
		p.log.WarnContext(ctx, "a code is lost: standard output is full, and no program reads it", "pool", m.PoolID, "purpose", m.Purpose)
	}
}

// flush ends the postbox after the messages that wait, unless the output takes too long.
func (p *postbox) flush() { p.lines.Close() }
