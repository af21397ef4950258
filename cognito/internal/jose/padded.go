package jose

import "encoding/base64"

// padded is base64url with its padding (RFC 4648 §5), refusing non-zero trailing
// bits: every byte string has one spelling in it, too.
var padded = spelling{base64.URLEncoding.Strict(), "is not canonical, padded base64url"}

// ParsePadded is [ParseCompact] for the one signer that pads: an Application Load
// Balancer encodes each part in base64url with padding, against RFC 7515 §2, and
// signs the text with the padding. A part without the padding that its length asks
// for is refused here, as one with any is there, so that no token has two spellings.
func ParsePadded(raw string) (*Compact, error) { return parse(raw, &padded, nil) }
