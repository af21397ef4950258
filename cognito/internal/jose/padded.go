package jose

import (
	"encoding/base64"
	"slices"
	"strings"
)

// padded is base64url with its padding (RFC 4648 §5), refusing non-zero trailing
// bits: every byte string has one spelling in it, too.
var padded = base64.URLEncoding.Strict()

// ParsePadded is [ParseCompact] for the one signer that pads: an Application Load
// Balancer encodes each part in base64url with padding, against RFC 7515 §2, and
// signs the text with the padding. A part without the padding that its length asks
// for is refused here, as one with any is there, so that no token has two spellings.
func ParsePadded(raw string) (*Compact, error) {
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
	if err := c.decodePadded(raw); err != nil {
		c.Release()
		return nil, err
	}
	return c, nil
}

// decodePadded reads raw, which has two dots, into c. It lays out text as decode
// does, for [Compact.Copy].
func (c *Compact) decodePadded(raw string) error {
	n, first, last := len(raw), strings.IndexByte(raw, '.'), strings.LastIndexByte(raw, '.')
	//mutate:ignore removed: it saves memory, since the text grows by itself
	c.text = slices.Grow(c.text[:0], n+padded.DecodedLen(n))
	c.text = append(c.text, raw...)
	c.size = n
	c.signingInput = c.text[:last:last]
	var err error
	if c.Payload, err = c.decodePaddedPart(first+1, last, "payload"); err != nil {
		return err
	}
	if c.Signature, err = c.decodePaddedPart(last+1, n, "signature"); err != nil {
		return err
	}
	if len(c.Signature) == 0 {
		return &MalformedError{"signature", "is empty"}
	}
	header, err := c.decodePaddedPart(0, first, "header")
	if err != nil {
		return err
	}
	if err := DecodeObject(header, "header", (*headerVisitor)(c)); err != nil {
		return err
	}
	c.Header = string(header)
	return nil
}

func (c *Compact) decodePaddedPart(from, to int, part string) ([]byte, error) {
	start := len(c.text)
	text, err := padded.AppendDecode(c.text, c.text[from:to])
	if err != nil {
		return nil, &MalformedError{part, "is not canonical, padded base64url"}
	}
	c.text = text
	return text[start:len(text):len(text)], nil
}
