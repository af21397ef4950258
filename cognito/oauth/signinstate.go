package oauth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"time"
)

// A signIn is the content of a Flow. State, nonce and PKCE verifier are derived from one
// seed, so they cannot be combined with those of another sign-in.
type signIn struct {
	seed    [32]byte
	expires time.Time // in whole seconds
	kept    string
}

const (
	flowVersion = 1
	flowHead    = 1 + 8 + 32  // version, expiry, seed
	clockSkew   = time.Minute // between processes that serve the same users
	longestFlow = 3072        // browsers take 4096 bytes for a cookie with its name and attributes
)

// Labels of the values that are derived from a seed.
const (
	labelState    = "state"
	labelNonce    = "nonce"
	labelVerifier = "code_verifier"
	labelID       = "ledger"
)

func newSignIn(expires time.Time, kept string) *signIn {
	s := &signIn{expires: time.Unix(expires.Unix(), 0), kept: kept}
	_, _ = rand.Read(s.seed[:]) // it never fails: crypto/rand
	return s
}

// derive returns 43 characters, which RFC 7636 §4.1 allows in a verifier. State and nonce
// are part of addresses. They reveal nothing about the verifier.
func (s *signIn) derive(label string) string {
	mac := hmac.New(sha256.New, s.seed[:])
	mac.Write([]byte(label))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func newSeal(key Secret) (cipher.AEAD, error) {
	derived, err := hkdf.Key(sha256.New, []byte(key), nil, "poolguard cognito/oauth flow", 32)
	//mutate:ignore never: no key of this length fails
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(derived)
	//mutate:ignore never: no key of this length fails
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// context returns the additional data of a sealed flow: another client with the same key
// cannot open it.
func (c *Client) context() []byte {
	return []byte(strings.Join([]string{c.userPoolID, c.app.endpoint(""), c.app.ClientID, c.oauth2.RedirectURL}, "\n"))
}

func (c *Client) seal(s *signIn) Flow {
	plain := make([]byte, 0, flowHead+len(s.kept))
	plain = append(plain, flowVersion)
	plain = binary.BigEndian.AppendUint64(plain, uint64(s.expires.Unix())) //nolint:gosec // the bits of an int64, and back below
	plain = append(plain, s.seed[:]...)
	plain = append(plain, s.kept...)
	return Flow(base64.RawURLEncoding.EncodeToString(c.seals[0].Seal(nil, nil, plain, c.context()))) //nolint:gosec // G407: this AEAD makes its nonces itself, at random
}

// open returns the sign-in in a flow, also if it has expired.
func (c *Client) open(flow Flow) (*signIn, *Error) {
	none := fail(ErrFlowInvalid, "there is no sign-in under way in this browser; begin again")
	//mutate:ignore never, boundary: a text of another length is no flow and does not open
	if len(flow) > longestFlow {
		return nil, none
	}
	// The decoder would ignore line breaks, but one flow has one spelling.
	if !isPrintable(string(flow)) {
		return nil, none
	}
	sealed, err := base64.RawURLEncoding.Strict().DecodeString(string(flow))
	//mutate:ignore never: a part of a flow does not open
	if err != nil {
		return nil, none
	}
	for _, seal := range c.seals {
		plain, err := seal.Open(nil, nil, sealed, c.context())
		if err != nil || len(plain) < flowHead || plain[0] != flowVersion {
			continue
		}
		s := &signIn{kept: string(plain[flowHead:])}
		s.expires = time.Unix(int64(binary.BigEndian.Uint64(plain[1:])), 0) //nolint:gosec // the bits of an int64
		copy(s.seed[:], plain[flowHead-len(s.seed):])
		return s, nil
	}
	return nil, none
}
