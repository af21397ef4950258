package jose

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
)

// TestLineBreaksAreRefused, both kinds, in each part: encoding/base64 skips them.
func TestLineBreaksAreRefused(t *testing.T) {
	const good = "eyJhbGciOiJSUzI1NiJ9.e30.AAAA"
	if _, err := ParseCompact(good); err != nil {
		t.Fatal(err)
	}
	for at := range len(good) + 1 {
		for _, broken := range []string{good[:at] + "\n" + good[at:], good[:at] + "\r" + good[at:]} {
			var malformed *MalformedError
			if _, err := ParseCompact(broken); !errors.As(err, &malformed) {
				t.Errorf("%q: %v", broken, err)
			}
		}
	}
}

// TestDepthLimitIsExact: MaxDepth levels are read, one more is not.
func TestDepthLimitIsExact(t *testing.T) {
	nested := func(levels int) []byte {
		// With a few brackets more than levels: texts with fewer are not counted.
		return []byte(`{"b":[[],[]],"a":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + `}`)
	}
	ignore := VisitorFunc(func([]byte, Value, int) error { return nil })
	if err := DecodeObject(nested(MaxDepth), "payload", ignore); err != nil {
		t.Errorf("%d levels: %v", MaxDepth, err)
	}
	if err := DecodeObject(nested(MaxDepth+1), "payload", ignore); err == nil {
		t.Errorf("%d levels were read", MaxDepth+1)
	}
}

// TestEmptyUseAndAlgorithm: a key that says that it is for nothing is not one that
// does not say what it is for.
func TestEmptyUseAndAlgorithm(t *testing.T) {
	n := base64.RawURLEncoding.EncodeToString(append([]byte{0xff}, append(make([]byte, 254), 1)...))
	for extra, usable := range map[string]bool{"": true, `,"alg":""`: false, `,"use":""`: false, `,"key_ops":[]`: false} {
		_, _, err := ParseSet([]byte(`{"keys":[{"kty":"RSA","kid":"a","e":"AQAB","n":"` + n + `"` + extra + `}]}`))
		if (err == nil) != usable {
			t.Errorf("%s: %v", extra, err)
		}
	}
}
