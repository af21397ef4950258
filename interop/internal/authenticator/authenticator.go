// Package authenticator computes the codes that an authenticator app displays (RFC 6238). It is
// separate from the code of the local user pool, so that an error in one of them is visible.
package authenticator

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the hash function of authenticator apps (RFC 6238)
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// period is the time for which a code is shown.
const period = 30 * time.Second

// Code returns the code for a time. The secret is in base32, as AssociateSoftwareToken
// returns it.
func Code(secret string, at time.Time) (string, error) {
	key, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(strings.TrimRight(secret, "="))
	if err != nil {
		return "", fmt.Errorf("authenticator: the secret is not base32: %w", err)
	}
	mac := hmac.New(sha1.New, key)
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(at.Unix()/int64(period/time.Second)))) //nolint:gosec // after 1970
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 15
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(sum[offset:])&0x7fffffff%1_000_000), nil
}
