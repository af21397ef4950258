package poolserve

import (
	"fmt"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/userpool"
)

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
