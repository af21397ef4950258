package totp

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // RFC 6238 §1.2 and every authenticator app; HMAC does not need SHA-1 to resist collisions.
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

const (
	// stepSeconds is X of RFC 6238 §4.1; T0 is the Unix epoch.
	stepSeconds = 30
	// Drift is how many steps a client's clock may be off, each way (RFC 6238 §5.2
	// and §6 recommend one for delay).
	Drift = 1
	// modulus leaves six digits.
	modulus = 1_000_000
	// secretSize makes 52 characters. RFC 4226 §4 R6 recommends 160 bits or more.
	secretSize = 32
	// minSecretSize is the least that RFC 4226 §4 R6 permits, 128 bits.
	minSecretSize = 16
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// ErrSecret says that a secret is not unpadded base32 of at least 128 bits.
var ErrSecret = errors.New("totp: malformed secret")

// ErrTime says that there are no codes for times before 1970.
var ErrTime = errors.New("totp: time before 1970")

// NewSecret returns a new secret: 32 bytes from random in base32 without
// padding, 52 characters of A-Z and 2-7. That is what an app is given in an
// otpauth URI, and within Cognito's pattern for SecretCode. Its error is that of
// random.
func NewSecret(random io.Reader) (string, error) {
	secret := make([]byte, secretSize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", fmt.Errorf("totp: reading a secret: %w", err)
	}
	return encoding.EncodeToString(secret), nil
}

// Code returns the six digits that an app with this secret shows at that time.
// It fails with [ErrSecret] or [ErrTime].
func Code(secret string, at time.Time) (string, error) {
	key, err := decode(secret)
	if err != nil {
		return "", err
	}
	if at.Unix() < 0 {
		return "", ErrTime
	}
	return hotp(key, at.Unix()/stepSeconds), nil
}

// Verify says whether code belongs to the secret at that time, one step of 30
// seconds earlier or one later, and is of a step after lastUsed. If so, store
// step as the next lastUsed in the same transaction that accepts the code: RFC
// 6238 §5.2 forbids to accept a code twice. lastUsed is the step of the last code
// that was accepted, or 0 if there was none; it is the number of steps since
// 1970. If not ok, step is 0.
//
// A code is exactly six ASCII digits. A malformed secret has no codes.
func Verify(secret, code string, at time.Time, lastUsed int64) (step int64, ok bool) {
	key, err := decode(secret)
	if err != nil || at.Unix() < 0 {
		return 0, false
	}
	now := Step(at)
	// All steps are tried, so that the time does not tell which one it was. Of two
	// steps with the same code the later counts: after the earlier one, the same
	// digits would be good again.
	for t := max(now-Drift, 0); t <= now+Drift; t++ {
		if subtle.ConstantTimeCompare([]byte(hotp(key, t)), []byte(code)) == 1 && t > lastUsed {
			step, ok = t, true
		}
	}
	return step, ok
}

// Step is the number of steps since 1970 at that time.
func Step(at time.Time) int64 { return at.Unix() / stepSeconds }

func decode(secret string) ([]byte, error) {
	key, err := encoding.DecodeString(secret)
	// HMAC takes an empty key too, and anyone has that one.
	if err != nil || len(key) < minSecretSize {
		return nil, ErrSecret
	}
	return key, nil
}

// hotp is HOTP of RFC 4226 §5.3, in six digits. The counter is not negative.
func hotp(key []byte, counter int64) string {
	mac := hmac.New(sha1.New, key)
	// A hash never fails.
	_ = binary.Write(mac, binary.BigEndian, counter)
	sum := mac.Sum(nil)
	// Dynamic truncation: the low bits of the last byte say where to read.
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%modulus)
}
