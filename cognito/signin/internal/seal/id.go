package seal

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
)

// An ID is the secret of one session: 256 random bits. Only the cookie of the browser has
// it. fmt writes "[redacted]".
type ID [32]byte

// NewID returns a random ID.
func NewID() (id ID) {
	_, _ = rand.Read(id[:]) // it never fails: crypto/rand
	return id
}

// ParseID reads the value of a cookie. An ID has one spelling only.
func ParseID(text string) (id ID, ok bool) {
	if len(text) != base64.RawURLEncoding.EncodedLen(len(id)) {
		return ID{}, false
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(b) != len(id) { // the decoder ignores line breaks, so the length may differ
		return ID{}, false
	}
	return ID(b), true
}

// Text returns the value of the cookie: 43 letters, digits, "-" and "_".
func (id ID) Text() string { return base64.RawURLEncoding.EncodeToString(id[:]) }

// Key returns the name of the record in the store: SHA-256 of the ID. It does not reveal
// the ID.
func (id ID) Key() [32]byte { return sha256.Sum256(id[:]) }

// Format writes "[redacted]" under every verb.
func (ID) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[redacted]") }
