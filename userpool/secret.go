package userpool

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a password or a client secret. The packages fmt, encoding/json and log/slog
// print it as "[redacted]". Convert it to string to use it.
type Secret string

const redacted = "[redacted]"

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// Format writes "[redacted]" for every verb, also for %d and %#v.
func (Secret) Format(f fmt.State, _ rune) {
	// A Formatter cannot report an error.
	_, _ = io.WriteString(f, redacted)
}

// MarshalText returns "[redacted]".
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }
