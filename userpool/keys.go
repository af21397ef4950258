package userpool

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"sync"
	"time"
)

const keyBits = 2048

// signingKey is an RSA key under its name. It is read-only.
type signingKey struct {
	id      string
	private *rsa.PrivateKey
	public  jwk
}

// jwk is a public key as Cognito's key sets show it (RFC 7517, RFC 7518 §6.3.1).
type jwk struct {
	Algorithm string `json:"alg"`
	Exponent  string `json:"e"`
	KeyID     string `json:"kid"`
	KeyType   string `json:"kty"`
	Modulus   string `json:"n"`
	Use       string `json:"use"`
}

func newSigningKey() (*signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	e := base64.RawURLEncoding.EncodeToString(big.NewInt(int64(private.E)).Bytes())
	n := base64.RawURLEncoding.EncodeToString(private.N.Bytes())
	// The JWK thumbprint (RFC 7638) names the key. Cognito writes kids in standard
	// base64 with padding, 44 characters: clients must cope with "+", "/" and "=".
	thumbprint := sha256.Sum256([]byte(`{"e":"` + e + `","kty":"RSA","n":"` + n + `"}`))
	id := base64.StdEncoding.EncodeToString(thumbprint[:])
	return &signingKey{
		id:      id,
		private: private,
		public:  jwk{Algorithm: "RS256", Exponent: e, KeyID: id, KeyType: "RSA", Modulus: n, Use: "sig"},
	}, nil
}

// keyPair is what a pool signs with: ID and access tokens never share a key.
type keyPair struct {
	id     *signingKey
	access *signingKey
}

func newKeyPair() (keyPair, error) {
	var pair keyPair
	var idErr, accessErr error
	var wg sync.WaitGroup
	wg.Go(func() { pair.id, idErr = newSigningKey() })
	wg.Go(func() { pair.access, accessErr = newSigningKey() })
	wg.Wait()
	if idErr != nil {
		return keyPair{}, idErr
	}
	return pair, accessErr
}

// retiredKey no longer signs, and is published until it ends.
type retiredKey struct {
	key *signingKey
	end time.Time
}

// keyRing holds a pool's keys.
type keyRing struct {
	ready chan struct{} // closed when the first pair has been made, or has failed

	mu      sync.RWMutex // guards the fields below
	current keyPair
	retired []retiredKey // newest first
	err     error        // why there is no first pair
}

// newKeyRing returns at once and makes the first pair in the background.
func newKeyRing() *keyRing {
	ring := &keyRing{ready: make(chan struct{})}
	go func() {
		defer close(ring.ready)
		pair, err := newKeyPair()
		ring.mu.Lock()
		defer ring.mu.Unlock()
		ring.current, ring.err = pair, err
	}()
	return ring
}

// signing returns the current pair and waits for the first one while ctx lasts.
func (r *keyRing) signing(ctx context.Context) (keyPair, error) {
	select {
	case <-r.ready:
	case <-ctx.Done():
		return keyPair{}, fmt.Errorf("waiting for signing keys: %w", context.Cause(ctx))
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.current, r.err
}

// published returns the public keys that verify at this moment.
func (r *keyRing) published(ctx context.Context, now time.Time) ([]jwk, error) {
	if _, err := r.signing(ctx); err != nil {
		return nil, err
	}
	r.mu.RLock()
	defer r.mu.RUnlock()
	keys := []jwk{r.current.id.public, r.current.access.public}
	for _, old := range r.retired {
		if now.Before(old.end) {
			keys = append(keys, old.key.public)
		}
	}
	return keys, nil
}

func (r *keyRing) rotate(ctx context.Context, now func() time.Time, overlap time.Duration) error {
	if _, err := r.signing(ctx); err != nil {
		return err
	}
	pair, err := newKeyPair()
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ctx.Err() != nil {
		return fmt.Errorf("rotating keys: %w", context.Cause(ctx))
	}
	at := now()
	var retired []retiredKey
	// A withdrawn key is forgotten: a clock that is set back must not revive it.
	if overlap > 0 {
		retired = append(retired, retiredKey{r.current.id, at.Add(overlap)}, retiredKey{r.current.access, at.Add(overlap)})
	}
	for _, old := range r.retired {
		if at.Before(old.end) {
			retired = append(retired, old)
		}
	}
	r.current, r.retired = pair, retired
	return nil
}
