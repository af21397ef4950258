package tokenstore

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Tokens are the tokens of a sign-in. They do not show themselves in logs or messages.
type Tokens struct {
	// UserPoolID, ClientID and Domain are those of the sign-in. If the configuration names
	// another domain later, the refresh token must not be sent there.
	UserPoolID string `json:"user_pool"`
	ClientID   string `json:"client_id"`
	Domain     string `json:"domain"`

	// Subject is the sub claim of the access token.
	Subject string `json:"subject"`

	Access string `json:"access_token"`
	// ID and Refresh are "" for a machine. Refresh is also "" if the pool gave none.
	ID      string `json:"id_token,omitempty"`
	Refresh string `json:"refresh_token,omitempty"`

	AccessExpiresAt time.Time `json:"access_expires_at"`
	IDExpiresAt     time.Time `json:"id_expires_at,omitzero"`
	SignedInAt      time.Time `json:"signed_in_at"`
}

// Format writes "[redacted]" under every verb.
func (Tokens) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }

// LogValue returns "[redacted]".
func (Tokens) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Kept says how tokens are kept.
type Kept string

// The two ways of keeping tokens.
const (
	// InRing is a file that is encrypted with a key from the operating system's key ring.
	InRing Kept = "keyring"
	// InFile is a file that is not encrypted. Only its owner can read it.
	InFile Kept = "file"
)
