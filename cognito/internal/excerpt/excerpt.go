// Package excerpt writes texts of others into messages: quoted, so that no character of them
// acts, and cut, so that the message stays short.
//
// It does not decide whether a text may be shown at all: a token or a secret must not come
// here.
package excerpt

import (
	"fmt"
	"strconv"
)

// Quote quotes text. Of a longer text than longest it shows the first longest bytes and the
// length in bytes.
func Quote(text string, longest int) string {
	if len(text) > longest {
		return fmt.Sprintf("%q… (%d bytes)", text[:longest], len(text))
	}
	return strconv.Quote(text)
}
