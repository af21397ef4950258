package cognito

import (
	"fmt"
	"io"
	"log/slog"
)

// A Raw is the text of a token, as its bearer sent it: whoever has it can use it. It
// shows itself nowhere: fmt, JSON and slog all write "[redacted]". Convert it to
// string to present it to somebody else, Amazon Cognito for example.
type Raw string

const redacted = "[redacted]"

// String returns "[redacted]".
func (Raw) String() string { return redacted }

// Format writes "[redacted]" under every verb, %d and %#v too.
func (Raw) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns "[redacted]".
func (Raw) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[redacted]".
func (Raw) LogValue() slog.Value { return slog.StringValue(redacted) }
