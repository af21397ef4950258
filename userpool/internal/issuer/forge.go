package issuer

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"sync"
	"time"
)

// Signing is the way in which a [Forgery] is signed.
type Signing int

// The ways to sign.
const (
	SignGood    Signing = iota // with the pool's key, RS256
	SignForeign                // with a key that no pool has
	SignBroken                 // with the pool's key, over other bytes
	SignNone                   // not at all: the third part is empty
	SignHMAC                   // HMAC keyed with the pool's public key in PEM
)

// Forgery is a token that a test wants, valid or not.
type Forgery struct {
	Header Claims
	Claims Claims
	Sign   Signing
	id     bool
}

// Forge returns the header and claims of a valid token of the pool: an access token, or an
// ID token if id is set. The client and the user need not exist.
func (i *Issuer) Forge(ctx context.Context, poolID, clientID string, id bool) (Forgery, error) {
	keys, err := i.signing(ctx, poolID)
	if err != nil {
		return Forgery{}, err
	}
	now := i.cfg.Now()
	use, k := "access", keys.access
	if id {
		use, k = "id", keys.id
	}
	c := i.baseClaims(poolID, use, now, time.Hour)
	maps.Copy(c, Claims{
		"sub": i.cfg.Random.UUID(), "auth_time": now.Unix(), "event_id": i.cfg.Random.UUID(), "origin_jti": i.cfg.Random.UUID(),
	})
	if id {
		maps.Copy(c, Claims{"aud": clientID, "cognito:username": "minted"})
	} else {
		maps.Copy(c, Claims{"client_id": clientID, "username": "minted", "scope": "aws.cognito.signin.user.admin", "version": 2})
	}
	return Forgery{Header: Claims{"kid": k.id, "alg": "RS256"}, Claims: c, id: id}, nil
}

// foreignKey is made once and shared: no pool has it.
var foreignKey = sync.OnceValues(newKey)

// Mint makes the token of a forgery. It corrects no fault of the forgery.
func (i *Issuer) Mint(ctx context.Context, poolID string, f Forgery) (string, error) {
	keys, err := i.signing(ctx, poolID)
	if err != nil {
		return "", err
	}
	k := keys.access
	if f.id {
		k = keys.id
	}
	header, err := json.Marshal(f.Header)
	if err != nil {
		return "", fmt.Errorf("encoding a token header: %w", err)
	}
	payload, err := json.Marshal(f.Claims)
	if err != nil {
		return "", fmt.Errorf("encoding claims: %w", err)
	}
	input := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	var signature []byte
	switch f.Sign {
	case SignNone:
		return input + ".", nil
	case SignHMAC:
		der, err := x509.MarshalPKIXPublicKey(&k.private.PublicKey)
		if err != nil {
			return "", fmt.Errorf("encoding a public key: %w", err)
		}
		mac := hmac.New(sha256.New, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
		mac.Write([]byte(input))
		signature = mac.Sum(nil)
	case SignForeign:
		if k, err = foreignKey(); err == nil {
			signature, err = k.signature(input)
		}
	case SignBroken:
		signature, err = k.signature(input + "tampered")
	case SignGood:
		signature, err = k.signature(input)
	}
	if err != nil {
		return "", err
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(signature), nil
}
