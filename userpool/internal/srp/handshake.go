package srp

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
)

const (
	// keySize and keyInfo are Cognito's.
	keySize = 16
	keyInfo = "Caldera Derived Key"
	// RFC 5054 §2.5.3 asks for exponents of at least 256 bits.
	exponentSize = 32
	// maxDigits has room for N and the zero byte that some clients send in front.
	maxDigits = 2 * (groupSize + 1)
)

// ErrPublicValue says that a client's SRP_A is no number from 1 to N-1 in
// hexadecimal. It is the client's fault: Cognito answers with an
// InvalidParameterException.
var ErrPublicValue = errors.New("srp: SRP_A is not a valid public value")

// Handshake is the server's half of one sign-in, kept from the answer to
// InitiateAuth until RespondToAuthChallenge.
//
// It holds the key that the client has if it knows the password. It holds neither
// the exponent b nor the premaster secret S, because an attacker who reads b can
// try passwords against the recorded messages. The key is of use for this sign-in
// only and reveals nothing of the password. Deriving it here costs as much as it
// would later, and [Handshake.Proves] then needs only a hash.
//
// A handshake is valid for one attempt: delete it after the client's answer.
// The zero value proves nothing. JSON is its stored form and holds all of it; fmt
// and slog show "[redacted]".
type Handshake struct {
	// B is SRP_B: lowercase hexadecimal without zeros in front, so that it may have
	// an odd number of digits, as BigInteger.toString(16) prints it.
	B string `json:"b"`
	// Salt is SALT, in the same form.
	Salt string `json:"salt"`
	// Key is the 16 bytes that sign the claim. It never leaves the server.
	Key []byte `json:"key"`
}

// Begin answers a client's SRP_A for the user whose verifier it is, or for a
// [Decoy]. It reads 32 bytes from random. It fails with [ErrPublicValue],
// [ErrVerifier] or, wrapped, what random returned.
//
// SRP_A is hexadecimal in either case, with or without zeros in front, at most
// 770 digits. RFC 5054 §2.5.4 asks to refuse multiples of N, with which anyone
// would know S; what is N or more is refused altogether, since no client sends
// it that reduces as it must.
func Begin(random io.Reader, v Verifier, clientA string) (Handshake, error) {
	// Read A first: garbage costs no exponentiation.
	a, err := publicValue(clientA)
	if err != nil {
		return Handshake{}, err
	}
	verifier, ok := v.number()
	if !ok {
		return Handshake{}, ErrVerifier
	}
	secret := make([]byte, exponentSize)
	if _, err := io.ReadFull(random, secret); err != nil {
		return Handshake{}, fmt.Errorf("srp: reading an exponent: %w", err)
	}
	// All exponents have the same length, none is zero.
	secret[0] |= 0x80
	b := new(big.Int).SetBytes(secret)

	// B = kv + g^b. That it is zero, or u below, is as likely as guessing them.
	public := new(big.Int).Mul(multiplier, verifier)
	public.Add(public, new(big.Int).Exp(generator, b, modulus)).Mod(public, modulus)
	u := hashNumber(signed(a), signed(public))
	// RFC 5054 §2.6 has S as (A * v^u)^b.
	premaster := new(big.Int).Exp(verifier, u, modulus)
	premaster.Mul(premaster, a).Mod(premaster, modulus).Exp(premaster, b, modulus)

	key, err := hkdf.Key(sha256.New, signed(premaster), signed(u), keyInfo, keySize)
	if err != nil {
		return Handshake{}, fmt.Errorf("srp: deriving the key: %w", err)
	}
	salt := new(big.Int).SetBytes(v.Salt)
	return Handshake{B: public.Text(16), Salt: salt.Text(16), Key: key}, nil
}

// publicValue reads an SRP_A. It does not leave that to big.Int alone, which takes
// signs, underscores and any length.
func publicValue(digits string) (*big.Int, error) {
	if digits == "" || len(digits) > maxDigits {
		return nil, fmt.Errorf("%w: it has %d digits, not 1 to %d", ErrPublicValue, len(digits), maxDigits)
	}
	for i := range len(digits) {
		switch c := digits[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'f', 'A' <= c && c <= 'F':
		default:
			return nil, fmt.Errorf("%w: it is not hexadecimal", ErrPublicValue)
		}
	}
	a := fromHex(digits)
	if a.Sign() == 0 || a.Cmp(modulus) >= 0 {
		return nil, fmt.Errorf("%w: it is not from 1 to N-1", ErrPublicValue)
	}
	return a, nil
}

// Proves says whether signature, the PASSWORD_CLAIM_SIGNATURE in base64, shows
// that the client knows the password. The pool name and the user ID are those
// of the verifier; secretBlock is the SECRET_BLOCK that was sent, decoded; the
// timestamp is the client's TIMESTAMP, unchanged. Proves does not check the time:
// see [ParseTimestamp].
//
// The four are signed one after the other with nothing between them. That is
// unambiguous only because the server knows the first three: take none of them
// from the client's answer unchecked.
func (h Handshake) Proves(poolName, userID string, secretBlock []byte, timestamp, signature string) bool {
	// Anyone can sign with an empty key.
	if len(h.Key) != keySize {
		return false
	}
	mac := hmac.New(sha256.New, h.Key)
	mac.Write([]byte(poolName))
	mac.Write([]byte(userID))
	mac.Write(secretBlock)
	mac.Write([]byte(timestamp))
	want := base64.StdEncoding.AppendEncode(nil, mac.Sum(nil))
	// Compared encoded: a decoder lets line breaks and stray bits through.
	return subtle.ConstantTimeCompare(want, []byte(signature)) == 1
}

// Format writes "[redacted]" under every verb.
func (Handshake) Format(f fmt.State, _ rune) {
	// A Formatter cannot report an error.
	_, _ = io.WriteString(f, redacted)
}

// LogValue returns "[redacted]".
func (Handshake) LogValue() slog.Value { return slog.StringValue(redacted) }
