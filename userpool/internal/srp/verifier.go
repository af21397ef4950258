package srp

import (
	"crypto/hkdf"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
)

const (
	// saltSize is that of Cognito's SALT: 128 bits.
	saltSize = 16
	// minSeedSize keeps a seed that was forgotten from making decoys that anyone
	// could make.
	minSeedSize = 16
)

// Verifier is what is stored of a password: the salt and the verifier v of RFC
// 5054 §2.5.3. It is not enough to sign in, but an attacker who reads it can try
// passwords against it, each at the cost of a hash and an exponentiation. SRP has
// no slow hash, and neither has Cognito's.
//
// It belongs to the pool name and the user ID that it was made with; under another
// name the password must be set again. The zero value matches nothing. JSON is
// its stored form and holds all of it; fmt and slog show "[redacted]".
type Verifier struct {
	// Salt is 128 bits. It counts as a number: zeros in front of it do not matter.
	Salt []byte `json:"salt"`
	// V is g^x mod N, 384 bytes.
	V []byte `json:"v"`
}

// NewVerifier makes the verifier of a password under a fresh salt, for which it
// reads 16 bytes from random. The pool name is the part of the pool's ID after
// the underscore; the user ID is the value that the client receives as
// USER_ID_FOR_SRP. The caller checks the password: NewVerifier accepts an empty
// one. The error is that of random.
func NewVerifier(random io.Reader, poolName, userID, password string) (Verifier, error) {
	salt := make([]byte, saltSize)
	if _, err := io.ReadFull(random, salt); err != nil {
		return Verifier{}, fmt.Errorf("srp: reading a salt: %w", err)
	}
	return Verifier{Salt: salt, V: derive(salt, poolName, userID, password)}, nil
}

// derive returns v of RFC 5054 §2.5.3 with Cognito's x.
func derive(salt []byte, poolName, userID, password string) []byte {
	identity := sha256.Sum256([]byte(poolName + userID + ":" + password))
	x := hashNumber(signed(new(big.Int).SetBytes(salt)), identity[:])
	return x.Exp(generator, x, modulus).FillBytes(make([]byte, groupSize))
}

// Matches says whether the verifier was made of this password, for this pool
// name and user ID. It takes as long for a wrong password as for the right one;
// for a user that does not exist, call it on a [Decoy].
func (v Verifier) Matches(poolName, userID, password string) bool {
	if _, ok := v.number(); !ok {
		return false
	}
	return subtle.ConstantTimeCompare(v.V, derive(v.Salt, poolName, userID, password)) == 1
}

// number returns V, if the verifier is of the form that NewVerifier makes.
func (v Verifier) number() (*big.Int, bool) {
	if len(v.Salt) != saltSize {
		return nil, false
	}
	return residue(v.V)
}

// Format writes "[redacted]" under every verb.
func (Verifier) Format(f fmt.State, _ rune) {
	// A Formatter cannot report an error.
	_, _ = io.WriteString(f, redacted)
}

// LogValue returns "[redacted]".
func (Verifier) LogValue() slog.Value { return slog.StringValue(redacted) }

const redacted = "[redacted]"

// Decoy is the verifier of a user that does not exist, so that [Begin] and
// [Verifier.Matches] answer as they would for one that does (RFC 5054 §2.5.1.3;
// Cognito does so where PreventUserExistenceErrors is ENABLED). The same seed,
// pool name and user ID give the same verifier: a salt that changed from one
// attempt to the next would give the decoy away. No password matches it.
//
// The seed is a secret of the server, at least 16 random bytes, and must outlive
// the answers it made: with it, one can tell decoys from users. Where the
// pool takes names without case, so must the caller before it comes here.
func Decoy(seed []byte, poolName, userID string) (Verifier, error) {
	if len(seed) < minSeedSize {
		return Verifier{}, fmt.Errorf("srp: the seed of decoys has %d bytes, fewer than %d", len(seed), minSeedSize)
	}
	// The length keeps ("ab","c") and ("a","bc") apart.
	info := fmt.Sprintf("poolguard srp decoy %d:%s%s", len(poolName), poolName, userID)
	stream, err := hkdf.Key(sha256.New, seed, nil, info, saltSize+groupSize)
	if err != nil {
		return Verifier{}, fmt.Errorf("srp: deriving a decoy: %w", err)
	}
	// A square is what powers of 2 modulo this N are, and any of them: a decoy is
	// one of the verifiers there could be. Squaring spares the exponentiation that
	// would make unknown users slower, and no client knows an x for it.
	v := new(big.Int).SetBytes(stream[saltSize:])
	v.Mod(v.Mul(v, v), modulus)
	return Verifier{Salt: stream[:saltSize], V: v.FillBytes(make([]byte, groupSize))}, nil
}

// ErrVerifier says that a stored verifier is not of the form that [NewVerifier]
// makes: the zero value, or one that was damaged.
var ErrVerifier = errors.New("srp: malformed verifier")
