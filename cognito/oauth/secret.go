package oauth

import (
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a credential: a client secret, a key, the text of a token. fmt, JSON and
// slog all write "[redacted]". Convert it to string to use it, and to keep it.
//
// One thing it cannot prevent: of a struct's fields that are not exported fmt asks no
// methods, so that %v of such a struct shows them. Give it a String method.
type Secret string

// A RefreshToken is good for new tokens of a user for days or years. Keep it where only
// this program can read it, never in a browser. It shows itself as little as
// a [Secret]: convert it to string to keep it, since JSON says "[redacted]".
type RefreshToken string

// A Flow is a sign-in under way, encrypted: what the browser keeps, in a cookie, while
// the user is at the pool. It is letters, digits, "-" and "_", as a cookie's value may
// be. Convert it to string to put it there, and back.
type Flow string

const redacted = "[redacted]"

// String returns "[redacted]".
func (Secret) String() string { return redacted }

// Format writes "[redacted]" under every verb, %d and %#v too.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns "[redacted]".
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[redacted]".
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// String returns "[redacted]".
func (RefreshToken) String() string { return redacted }

// Format writes "[redacted]" under every verb, %d and %#v too.
func (RefreshToken) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns "[redacted]".
func (RefreshToken) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[redacted]".
func (RefreshToken) LogValue() slog.Value { return slog.StringValue(redacted) }

// String returns "[redacted]".
func (Flow) String() string { return redacted }

// Format writes "[redacted]" under every verb, %d and %#v too.
func (Flow) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// MarshalText returns "[redacted]".
func (Flow) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// LogValue returns "[redacted]".
func (Flow) LogValue() slog.Value { return slog.StringValue(redacted) }
