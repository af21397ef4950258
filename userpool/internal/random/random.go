// Package random makes the unguessable strings of a user pool server: codes,
// identifiers, nonces, salts. Signing keys do not come from here.
package random

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// Source makes strings of what a reader gives. It is safe for concurrent use.
type Source struct {
	mu sync.Mutex // serialises reads: an injected reader need not be safe for concurrent use
	r  io.Reader
}

// NewSource returns a source that reads from r.
func NewSource(r io.Reader) *Source { return &Source{r: r} }

// Read fills b, or panics as crypto/rand.Read does where the reader fails: nothing
// that follows could be trusted.
func (s *Source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.r, b); err != nil {
		panic(fmt.Errorf("userpool: Config.Rand failed: %w", err))
	}
	return len(b), nil
}

// Bytes returns n random bytes.
func (s *Source) Bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = s.Read(b) // it does not fail
	return b
}

// Text returns n random bytes in unpadded base64url.
func (s *Source) Text(n int) string {
	return base64.RawURLEncoding.EncodeToString(s.Bytes(n))
}

// String returns n characters of alphabet, each as likely as the others.
func (s *Source) String(n int, alphabet string) string {
	out := make([]byte, n)
	limit := 1<<16 - (1<<16)%len(alphabet)
	for i := 0; i < n; {
		// What lies beyond the last whole multiple would favour the first letters.
		v := int(binary.BigEndian.Uint16(s.Bytes(2)))
		if v < limit {
			out[i] = alphabet[v%len(alphabet)]
			i++
		}
	}
	return string(out)
}

// UUID returns a version 4 UUID (RFC 9562 §5.4): 122 random bits, the form of
// Cognito's codes, jti, origin_jti and event_id.
func (s *Source) UUID() string { return formatUUID(s.Bytes(16), 4) }

// DerivedUUID returns a version 8 UUID (RFC 9562 §5.8) made of a hash of parts.
func DerivedUUID(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		// The length keeps ("ab","c") and ("a","bc") apart. A hash never fails.
		_, _ = fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return formatUUID(h.Sum(nil)[:16], 8)
}

func formatUUID(b []byte, version byte) string {
	b[6] = b[6]&0x0f | version<<4
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
