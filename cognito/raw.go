package cognito

import (
	"fmt"
	"io"
	"log/slog"
)

// A Raw is the text of a token as the client sent it. It is a credential: fmt, JSON and
// slog write "[redacted]" instead of it. Convert it to string to send it to another
// server, such as Amazon Cognito.
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
