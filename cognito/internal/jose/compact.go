package jose

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
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
// verified. Its byte slices are good until [Compact.Release].
type Compact struct {
	// Algorithm is the header's alg, "" where it is absent or not a string.
	Algorithm string
	// KeyID is the header's kid, "" where it is absent or not a string.
	KeyID string
	// Header is the text of the protected header: one strict JSON object.
	Header string
	// Payload is what was signed. A JWS payload can be anything, an empty text too.
	Payload []byte
	// Signature is never empty.
	Signature []byte

	size         int // of the token
	signingInput []byte
	text         []byte // the token and, behind it, what the parts decode to
}

var compacts = sync.Pool{New: func() any { return new(Compact) }}

// Release gives the memory of c back to be used for other tokens. Call it at most
// once, when nothing of c is needed any more but what [Compact.Copy] returned. Not
// calling it costs memory for the garbage collector and nothing else.
func (c *Compact) Release() {
	const most = 64 << 10 // a rare, large token should not stay
	//mutate:ignore it saves memory and decides nothing
	if cap(c.text) <= most {
		*c = Compact{text: c.text[:0]}
		compacts.Put(c)
	}
}

// Copy returns the token and its payload in memory of their own, in one piece.
func (c *Compact) Copy() (raw, payload string) {
	all := string(c.text[:c.size+len(c.Payload)])
	return all[:c.size], all[c.size:]
}

// encoding is base64url without padding, refusing non-zero trailing bits, so that
// every byte string has one spelling (RFC 7515 §2, RFC 4648 §3.5).
var encoding = base64.RawURLEncoding.Strict()

// A Parser reads tokens, and remembers the headers that it read last: those of all
// tokens by one key are alike. The zero Parser is ready. It is safe for concurrent
// use.
type Parser struct{ headers headerMemory }

// ParseCompact reads a token with a Parser of its own. See [Parser.Parse].
func ParseCompact(raw string) (*Compact, error) { return new(Parser).Parse(raw) }

// Parse decodes the three parts of raw and reads the header strictly. It returns
// [ErrEncrypted] for a JWE, and a [*MalformedError] for all other text that is not a
// compact JWS with a header that this package understands in full. It rejects the
// parameters crit and b64, because they change how the rest must be read (RFC 7515
// §4.1.11, RFC 7797 §6). It never reads keys in the header (jwk, jku, x5c, x5u).
//
// The cost is linear in len(raw); the caller bounds it.
func (p *Parser) Parse(raw string) (*Compact, error) { return parse(raw, &unpadded, &p.headers) }

// A spelling is a form of base64url that the parts of a token have.
type spelling struct {
	*base64.Encoding
	fault string // of a part that is not of this form
}

var unpadded = spelling{encoding, "is not canonical, unpadded base64url"}

// parse reads a token whose parts have one spelling. headers remembers headers; nil
// remembers none.
func parse(raw string, as *spelling, headers *headerMemory) (*Compact, error) {
	// Counting before splitting keeps a token of a million dots cheap.
	switch strings.Count(raw, ".") {
	case 2:
	case 4:
		return nil, ErrEncrypted
	default:
		return nil, &MalformedError{"token", "is not three parts separated by dots"}
	}
	// encoding/base64 skips line breaks wherever they stand, even when strict.
	if strings.IndexByte(raw, '\n') >= 0 || strings.IndexByte(raw, '\r') >= 0 {
		return nil, &MalformedError{"token", "has a line break inside"}
	}
	c := compacts.Get().(*Compact) //nolint:forcetypeassert,errcheck // New makes nothing else
	if err := c.decode(raw, as, headers); err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

// decode reads raw, which has two dots, into c, whose memory it uses.
func (c *Compact) decode(raw string, as *spelling, headers *headerMemory) error {
	n, first, last := len(raw), strings.IndexByte(raw, '.'), strings.LastIndexByte(raw, '.')
	// With room for all, nothing moves while slices of it are made.
	//mutate:ignore removed: it saves memory, since the text grows by itself
	c.text = slices.Grow(c.text[:0], n+as.DecodedLen(n))
	c.text = append(c.text, raw...)
	c.size = n
	c.signingInput = c.text[:last:last]
	var err error
	if c.Payload, err = c.decodePart(as, first+1, last, "payload"); err != nil {
		return err
	}
	if c.Signature, err = c.decodePart(as, last+1, n, "signature"); err != nil {
		return err
	}
	if len(c.Signature) == 0 {
		return &MalformedError{"signature", "is empty"}
	}
	//mutate:ignore never: without the memory the header is read again, with the same result
	if headers != nil {
		if h := headers.recall(raw[:first]); h != nil {
			c.Header, c.Algorithm, c.KeyID = h.text, h.algorithm, h.keyID
			return nil
		}
	}
	header, err := c.decodePart(as, 0, first, "header")
	if err != nil {
		return err
	}
	if err := DecodeObject(header, "header", (*headerVisitor)(c)); err != nil {
		return err
	}
	c.Header = string(header)
	if headers != nil {
		headers.remember(&knownHeader{strings.Clone(raw[:first]), c.Header, c.Algorithm, c.KeyID})
	}
	return nil
}

// decodePart decodes text[from:to], appends the result to text, and returns it, cut
// so that appending to it cannot reach what follows.
func (c *Compact) decodePart(as *spelling, from, to int, part string) ([]byte, error) {
	start := len(c.text)
	text, err := as.AppendDecode(c.text, c.text[from:to])
	if err != nil {
		return nil, &MalformedError{part, as.fault}
	}
	c.text = text
	return text[start:len(text):len(text)], nil
}

// headerVisitor reads the header parameters of a Compact.
type headerVisitor Compact

// Member implements Visitor.
func (c *headerVisitor) Member(name []byte, value Value, _ int) error {
	switch string(name) {
	case "alg":
		//mutate:ignore it saves memory and decides nothing
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
