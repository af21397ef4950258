package tokenstore

import (
	"fmt"
	"io"
	"log/slog"
	"time"
)

// Tokens are what a sign-in left. They show nothing of themselves but to the file.
type Tokens struct {
	// UserPoolID, ClientID and Domain are those that the tokens are of. A refresh token
	// must not be sent to another domain because the configuration names one now.
	UserPoolID string `json:"user_pool"`
	ClientID   string `json:"client_id"`
	Domain     string `json:"domain"`

	// Subject is that of the user; of a machine, that of its access token.
	Subject string `json:"subject"`

	Access string `json:"access_token"`
	// ID and Refresh are "" for a machine. Refresh is too where the pool gave none.
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

// Kept says where tokens are.
type Kept string

// The two ways of keeping tokens.
const (
	// InRing: in a file that only the operating system's key ring can open.
	InRing Kept = "keyring"
	// InFile: in a file in plain text that only its owner can read.
	InFile Kept = "file"
)
