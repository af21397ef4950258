package tokenstore

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"

	"github.com/go-json-experiment/json"
)

// formatVersion is the version of the file. Another release may have another version.
const formatVersion = 1

// An envelope is the content of a file.
type envelope struct {
	Version int     `json:"version"`
	Kept    Kept    `json:"kept"`
	Sealed  []byte  `json:"sealed,omitempty"` // nonce and ciphertext, where Kept is InRing
	Tokens  *Tokens `json:"tokens,omitempty"` // where it is InFile
}

func (e envelope) marshal() ([]byte, error) {
	e.Version = formatVersion
	text, err := json.Marshal(e)
	if err != nil {
		return nil, errMarshal
	}
	return append(text, '\n'), nil
}

// The errors of package json may quote what they read, so they are not passed on.
var errMarshal = errors.New("the tokens cannot be written as JSON")

func readEnvelope(text []byte) (*envelope, error) {
	var e envelope
	if err := json.Unmarshal(text, &e, json.RejectUnknownMembers(true)); err != nil {
		return nil, ErrUnreadable
	}
	good := e.Kept == InFile && e.Tokens != nil && e.Sealed == nil || e.Kept == InRing && e.Sealed != nil && e.Tokens == nil
	if e.Version != formatVersion || !good {
		return nil, ErrUnreadable
	}
	return &e, nil
}

const keyBytes = 32

func newKey() []byte {
	key := make([]byte, keyBytes)
	_, _ = rand.Read(key) // never fails
	return key
}

// sealer is AES-256-GCM with a random nonce before the ciphertext. A key encrypts a few
// thousand files at most, far from the limit of 2^32 for random nonces (NIST SP 800-38D,
// section 8.3).
func sealer(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal encrypts tokens for one profile. The file of another profile cannot replace it.
func seal(tokens *Tokens, key []byte, profile string) ([]byte, error) {
	text, err := json.Marshal(tokens)
	if err != nil {
		return nil, errMarshal
	}
	s, err := sealer(key)
	if err != nil {
		return nil, err
	}
	//nolint:gosec // no nonce goes in: the AEAD makes a random one and puts it in front
	return s.Seal(nil, nil, text, []byte("poolguard tokens 1 "+profile)), nil
}

func unseal(sealed, key []byte, profile string) (*Tokens, error) {
	s, err := sealer(key)
	if err != nil {
		return nil, ErrUnreadable
	}
	text, err := s.Open(nil, nil, sealed, []byte("poolguard tokens 1 "+profile))
	if err != nil {
		return nil, ErrUnreadable
	}
	var tokens Tokens
	if err := json.Unmarshal(text, &tokens, json.RejectUnknownMembers(true)); err != nil {
		return nil, ErrUnreadable
	}
	return &tokens, nil
}
