package cases

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/gateway/internal/config"
)

// A Signer signs the tokens of cases, in the place of all user pools.
type Signer struct{ key *rsa.PrivateKey }

const (
	keyID   = "cases"
	keyBits = 2048
)

// NewSigner returns a signer with a new key.
func NewSigner() (*Signer, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return nil, err
	}
	return &Signer{key}, nil
}

// Keys returns the key set in which the key of the signer is the only one.
func (s *Signer) Keys() (keyset.Source, error) {
	exponent := binary.BigEndian.AppendUint32(nil, uint32(s.key.E)) //nolint:gosec // 65537
	text, err := json.Marshal(map[string]any{"keys": []map[string]string{{
		"kty": "RSA", "alg": "RS256", "use": "sig", "kid": keyID,
		"n": encode(s.key.N.Bytes()), "e": encode([]byte(strings.TrimLeft(string(exponent), "\x00"))),
	}}})
	if err != nil {
		return nil, err
	}
	return keyset.NewStatic(text)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// Sign returns the token of a case. It has the claims that Cognito's tokens have, and then
// those of the case, which replace them; a claim that is null is removed.
func (s *Signer) Sign(t *Token, f *config.File, now time.Time) (string, error) {
	pool, err := poolOf(t.UserPool, f)
	if err != nil {
		return "", err
	}
	claims, err := t.claims(pool, now)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	text := encode([]byte(`{"kid":"`+keyID+`","alg":"RS256"}`)) + "." + encode(payload)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, s.key, crypto.SHA256, sum[:])
	if err != nil {
		return "", err
	}
	return text + "." + encode(signature), nil
}

// poolOf returns the user pool of a token: the first one unless it has a name.
func poolOf(id string, f *config.File) (*config.UserPool, error) {
	n := 0
	if id != "" {
		n = slices.IndexFunc(f.UserPools, func(p config.UserPool) bool { return p.ID == id })
	}
	if n < 0 {
		return nil, fmt.Errorf("token.user_pool: the configuration has no user pool %q", id)
	}
	return &f.UserPools[n], nil
}

func (t *Token) claims(pool *config.UserPool, now time.Time) (map[string]any, error) {
	issuer := pool.Issuer
	if issuer == "" {
		names, err := cognito.Issuers(pool.ID)
		if err != nil {
			return nil, err
		}
		issuer = names[0]
	}
	client, subject := t.ClientID, t.Subject
	if client == "" {
		client = pool.ClientIDs[0]
	}
	if subject == "" {
		subject = "00000000-0000-4000-8000-000000000000"
	}
	claims := map[string]any{
		"iss": issuer, "sub": subject, "iat": now.Unix(), "auth_time": now.Unix(), "exp": now.Add(time.Hour).Unix(), "jti": "case",
	}
	if t.Use == "id" {
		claims["token_use"], claims["aud"], claims["cognito:username"] = "id", client, subject
	} else {
		claims["token_use"], claims["client_id"], claims["username"] = "access", client, subject
		claims["scope"] = strings.Join(t.Scopes, " ")
	}
	if len(t.Groups) > 0 {
		claims["cognito:groups"] = t.Groups
	}
	maps.Copy(claims, t.Claims)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims, nil
}
