package userpool

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
)

const (
	passwordSaltSize = 16
	// A development pool signs people in thousands of times in a test run: the
	// count keeps a sign-in near the cost of the signatures that follow it. It is
	// no measure for a production store.
	passwordIterations = 10_000
)

// passwordVerifier checks a password without holding it. The zero value matches
// nothing.
type passwordVerifier struct {
	salt []byte
	key  []byte
}

func newPasswordVerifier(random *randomSource, password Secret) (passwordVerifier, error) {
	salt := random.bytes(passwordSaltSize)
	key, err := pbkdf2.Key(sha256.New, string(password), salt, passwordIterations, sha256.Size)
	if err != nil {
		return passwordVerifier{}, fmt.Errorf("deriving a password verifier: %w", err)
	}
	return passwordVerifier{salt: salt, key: key}, nil
}

// matches takes the same time whether it returns true or false.
func (v passwordVerifier) matches(password Secret) bool {
	key, err := pbkdf2.Key(sha256.New, string(password), v.salt, passwordIterations, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(key, v.key) == 1
}
