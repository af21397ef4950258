package poolserve

import (
	"context"
	"fmt"
	"sync"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

// A postbox writes to standard output what comes from many requests, whole.
type postbox struct {
	style terminal.Style
	mu    sync.Mutex // held while something is written
	write func([]byte) error
}

func (l *postbox) say(text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write([]byte(text))
}

// deliver prints what Cognito would send. Nobody is there to tell when the output is
// lost.
func (l *postbox) deliver(_ context.Context, m userpool.Message) {
	_ = l.say(l.style.Message("", messageLine(m)))
}

// messageLine words a message. What is in it comes from whoever signs up.
func messageLine(m userpool.Message) string {
	by := map[string]string{"EMAIL": "by e-mail", "SMS": "by text message"}[m.Medium]
	if by == "" {
		by = "sent"
	}
	what := "code for %s to " + terminal.Escape(m.Purpose, true) + ": %s (%s to %s)"
	if m.Purpose == "temporary password" {
		what = "temporary password for %s: %s (%s to %s)"
	}
	return fmt.Sprintf(what, terminal.Escape(m.Username, false), terminal.Escape(string(m.Code), false), by, terminal.Escape(m.Destination, false))
}
