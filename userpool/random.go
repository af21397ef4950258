package userpool

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"sync"
)

// randomSource makes the unguessable strings of a server.
type randomSource struct {
	mu sync.Mutex // serialises reads: an injected reader need not be safe for concurrent use
	r  io.Reader
}

// bytes returns n random bytes, or panics as crypto/rand.Read does: see
// Config.Rand.
func (s *randomSource) bytes(n int) []byte {
	b := make([]byte, n)
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := io.ReadFull(s.r, b); err != nil {
		panic(fmt.Errorf("userpool: Config.Rand failed: %w", err))
	}
	return b
}

// text returns n random bytes in unpadded base64url.
func (s *randomSource) text(n int) string {
	return base64.RawURLEncoding.EncodeToString(s.bytes(n))
}

// uuid returns a version 4 UUID (RFC 9562 §5.4): 122 random bits, the form of
// Cognito's codes, jti, origin_jti and event_id.
func (s *randomSource) uuid() string { return formatUUID(s.bytes(16), 4) }

// derivedUUID returns a version 8 UUID (RFC 9562 §5.8) made of a hash of parts.
func derivedUUID(parts ...string) string {
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
