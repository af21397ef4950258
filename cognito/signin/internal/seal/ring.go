package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
)

// Prefix begins the text of a key, so that scanners find a key that was published.
const Prefix = "pgk1_"

const keyBytes = 32

// The reasons for which [ParseKey] refuses a text. They quote nothing of it.
var (
	errForm     = errors.New("is not a session key: want " + Prefix + " and base64url of 32 bytes, as `poolguard gateway keygen session` prints it")
	errRepeated = errors.New("is not random: it repeats few bytes, as the keys of examples do; make one with `poolguard gateway keygen session`")
)

// ErrClosed is the error for a record that no key of the ring opens: it was sealed under
// another key or for another ID, or it was changed.
var ErrClosed = errors.New("no key opens the record")

// NewKey returns the text of a new random key.
func NewKey() string {
	b := make([]byte, keyBytes)
	_, _ = rand.Read(b) // it never fails: crypto/rand
	return Prefix + base64.RawURLEncoding.EncodeToString(b)
}

// ParseKey reads the text of a key. Its error continues a sentence that begins with the
// name of the key, and holds nothing of the text.
func ParseKey(text string) ([]byte, error) {
	encoded, found := strings.CutPrefix(text, Prefix)
	if !found || strings.ContainsAny(encoded, "\r\n") { // the decoder would ignore line breaks
		return nil, errForm
	}
	key, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil || len(key) != keyBytes {
		return nil, errForm
	}
	// 32 random bytes have fewer than 16 different ones once in 10^15 keys.
	seen := map[byte]bool{}
	for _, b := range key {
		seen[b] = true
	}
	if len(seen) < keyBytes/2 {
		return nil, errRepeated
	}
	return key, nil
}

// A Ring is a list of keys. The first one seals, and all of them open. It is immutable and
// safe for concurrent use.
type Ring struct{ keys [][]byte }

// NewRing returns the ring of keys that [ParseKey] returned, at least one.
func NewRing(keys ...[]byte) *Ring { return &Ring{keys} }

// Derive returns a secret for another purpose from each key, in the order of the ring.
func (r *Ring) Derive(purpose string) [][]byte {
	secrets := make([][]byte, len(r.keys))
	for n, key := range r.keys {
		secrets[n] = derive(key, nil, "poolguard cognito/signin "+purpose)
	}
	return secrets
}

// MACs returns a MAC of the parts under each key, in the order of the ring. Each part is
// preceded by its length, so ("a", "bc") and ("ab", "c") differ.
func (r *Ring) MACs(purpose string, parts ...string) [][32]byte {
	message := AppendParts(nil, parts...)
	macs := make([][32]byte, len(r.keys))
	for n, key := range r.Derive(purpose) {
		mac := hmac.New(sha256.New, key)
		mac.Write(message)
		macs[n] = [32]byte(mac.Sum(nil))
	}
	return macs
}

// AppendParts appends each part with its length before it.
func AppendParts(b []byte, parts ...string) []byte {
	for _, part := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(part))) //nolint:gosec // no part has 4 GiB
		b = append(b, part...)
	}
	return b
}

// Seal encrypts plain under the first key and id. [Ring.Open] needs the same additional
// data.
func (r *Ring) Seal(id ID, plain, additional []byte) ([]byte, error) {
	aead, err := aeadOf(r.keys[0], id)
	if err != nil {
		return nil, err
	}
	return aead.Seal(nil, nil, plain, additional), nil //nolint:gosec // G407: this AEAD makes its nonces itself, at random
}

// Open decrypts what [Ring.Seal] returned, under the key that sealed it. The error is
// [ErrClosed].
func (r *Ring) Open(id ID, sealed, additional []byte) ([]byte, error) {
	for _, key := range r.keys {
		aead, err := aeadOf(key, id)
		if err != nil {
			return nil, err
		}
		if plain, err := aead.Open(nil, nil, sealed, additional); err == nil {
			return plain, nil
		}
	}
	return nil, ErrClosed
}

func aeadOf(key []byte, id ID) (cipher.AEAD, error) {
	block, err := aes.NewCipher(derive(key, id[:], "poolguard cognito/signin record"))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// derive uses HKDF (RFC 5869) with SHA-256. It fails for no key of this length.
func derive(key, salt []byte, info string) []byte {
	secret, err := hkdf.Key(sha256.New, key, salt, info, keyBytes)
	if err != nil {
		panic("seal: " + err.Error()) // FIPS 140-3 refuses short keys, and no key here is short
	}
	return secret
}
