package oauth

import (
	"fmt"
	"io"
	"log/slog"
)

// A Secret is a credential: a client secret, a key, the text of a token. fmt, JSON and
// slog write "[redacted]". Convert it to a string to use or store it.
//
// It has one limit: fmt calls no methods of a struct's unexported fields, so %v of such a
// struct shows them. Give that struct a String method.
type Secret string

// A RefreshToken gives new tokens of a user for days or years. Store it where only this
// program can read it, never in a browser. It is redacted like a [Secret]: convert it to
// a string to store it, since JSON writes "[redacted]".
type RefreshToken string

// A Flow is an unfinished sign-in, encrypted. The browser stores it in a cookie while the
// user is at the pool. It has letters, digits, "-" and "_", as the value of a cookie.
// Convert it to a string for the cookie, and back.
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
