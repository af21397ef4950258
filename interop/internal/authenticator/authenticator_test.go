package authenticator

import (
	"encoding/base32"
	"testing"
	"time"
)

// TestCodesOfRFC6238 uses the SHA-1 values of appendix B, cut to six digits.
func TestCodesOfRFC6238(t *testing.T) {
	t.Parallel()
	secret := base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 20000000000: "353130"} {
		if got, err := Code(secret, time.Unix(at, 0)); err != nil || got != want {
			t.Errorf("at %d: got %q, %v, want %q", at, got, err, want)
		}
	}
}

func TestSecretThatIsNotBase32IsAnError(t *testing.T) {
	t.Parallel()
	if code, err := Code("1", time.Unix(0, 0)); err == nil {
		t.Errorf("got %q, want an error", code)
	}
}
