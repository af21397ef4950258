package jose

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// ErrEncrypted is returned by [ParseCompact] for text with exactly four dots: the
// compact form of a JWE (RFC 7516 §3.1), which is never decrypted here.
var ErrEncrypted = errors.New("jose: five parts, the compact form of an encrypted token")

// MalformedError says which part of a token or key set is not as its RFC wants it,
// and why. It holds none of the text.
type MalformedError struct {
	Part   string // "token", "header", "payload", "signature" or "key set"
	Reason string
}

// Error implements error.
func (e *MalformedError) Error() string { return fmt.Sprintf("jose: the %s %s", e.Part, e.Reason) }

// A Compact is a JWS in compact serialisation (RFC 7515 §7.1), decoded and not
// verified.
type Compact struct {
	// Algorithm is the header's alg, "" where it is absent or not a string.
	Algorithm string
	// KeyID is the header's kid, "" where it is absent or not a string.
	KeyID string
	// Header is the text of the protected header: one strict JSON object.
	Header []byte
	// Payload is what was signed. A JWS payload can be anything, an empty text too.
	Payload []byte
	// Signature is never empty.
	Signature []byte

	signingInput []byte
	text         []byte // the token; up to its capacity, what the parts decode to
}

// Copy returns the token and its two JSON texts in memory of their own, all in one
// piece.
func (c *Compact) Copy() (raw, header, payload string) {
	n, h := len(c.text), len(c.Header)
	all := string(c.text[:n+h+len(c.Payload)])
	return all[:n], all[n : n+h], all[n+h:]
}

// encoding is base64url without padding, refusing non-zero trailing bits, so that
// every byte string has one spelling (RFC 7515 §2, RFC 4648 §3.5).
var encoding = base64.RawURLEncoding.Strict()

// ParseCompact decodes the three parts of raw and reads the header strictly. It
// returns [ErrEncrypted] for a JWE and a [*MalformedError] for everything else
// that is not a compact JWS whose header this package understands in full: the
// parameters crit and b64 change how the rest must be read, and are refused
// (RFC 7515 §4.1.11, RFC 7797 §6). Keys in the header (jwk, jku, x5c, x5u) are
// never looked at.
//
// The cost is linear in len(raw); bounding that is the caller's.
func ParseCompact(raw string) (*Compact, error) {
	// Counting before splitting keeps a token of a million dots cheap.
	switch strings.Count(raw, ".") {
	case 2:
	case 4:
		return nil, ErrEncrypted
	default:
		return nil, &MalformedError{"token", "is not three parts separated by dots"}
	}
	// One piece of memory holds the text and, behind it, what it decodes to.
	text := append(make([]byte, 0, len(raw)+encoding.DecodedLen(len(raw))), raw...)
	// encoding/base64 skips line breaks wherever they stand, even when strict.
	if bytes.IndexByte(text, '\n') >= 0 || bytes.IndexByte(text, '\r') >= 0 {
		return nil, &MalformedError{"token", "has a line break inside"}
	}
	first, last := bytes.IndexByte(text, '.'), bytes.LastIndexByte(text, '.')
	c := &Compact{signingInput: text[:last:last], text: text}

	buf := text[len(text):]
	var err error
	if c.Header, buf, err = decodePart(buf, text[:first], "header"); err != nil {
		return nil, err
	}
	if c.Payload, buf, err = decodePart(buf, text[first+1:last], "payload"); err != nil {
		return nil, err
	}
	if c.Signature, _, err = decodePart(buf, text[last+1:], "signature"); err != nil {
		return nil, err
	}
	if len(c.Signature) == 0 {
		return nil, &MalformedError{"signature", "is empty"}
	}
	if err := DecodeObject(c.Header, "header", (*headerVisitor)(c)); err != nil {
		return nil, err
	}
	return c, nil
}

// decodePart appends the decoded part to buf and returns the part, cut so that
// appending to it cannot reach its neighbour, and the rest of buf.
func decodePart(buf, src []byte, part string) (decoded, rest []byte, err error) {
	out, err := encoding.AppendDecode(buf, src)
	if err != nil {
		return nil, nil, &MalformedError{part, "is not canonical, unpadded base64url"}
	}
	return out[len(buf):len(out):len(out)], out, nil
}

// headerVisitor reads the header parameters of a Compact.
type headerVisitor Compact

// Member implements Visitor.
func (c *headerVisitor) Member(name []byte, value Value, _ int) error {
	switch string(name) {
	case "alg":
		if string(value) == `"RS256"` {
			c.Algorithm = "RS256" // costs no memory
		} else {
			c.Algorithm, _ = value.Text()
		}
	case "kid":
		c.KeyID, _ = value.Text()
	case "crit":
		return &MalformedError{"header", "has a crit parameter, whose extensions are not understood here"}
	case "b64":
		return &MalformedError{"header", "has a b64 parameter"}
	}
	return nil
}
