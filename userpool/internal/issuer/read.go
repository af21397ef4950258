package issuer

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// AccessToken is what the pool's own endpoints need of an access token that comes
// back to them.
type AccessToken struct {
	PoolID    string
	ClientID  string
	Username  string
	Sub       string
	OriginJTI string // "" in machine tokens, and where the client has no revocation
	EventID   string
	JTI       string
	Scopes    []string
	IssuedAt  time.Time
	ExpiresAt time.Time
}

// The ways in which an access token is not good.
var (
	ErrNotAccessToken = errors.New("not an access token of this pool")
	ErrTokenExpired   = errors.New("the access token has expired")
)

const (
	maxTokenBytes = 64 << 10
	maxPoolID     = 55 // of UserPoolIdType
)

// ReadAccessToken checks an access token of the pool: signed with a key that is in
// its key set now, for its issuer, and not expired. Whether it was revoked is the
// caller's to find out. Errors that wrap neither ErrNotAccessToken nor
// ErrTokenExpired are the server's.
func (i *Issuer) ReadAccessToken(ctx context.Context, poolID, raw string) (AccessToken, error) {
	parts := strings.Split(raw[:min(len(raw), maxTokenBytes+1)], ".")
	if len(parts) != 3 || len(raw) > maxTokenBytes {
		return AccessToken{}, ErrNotAccessToken
	}
	var h header
	if !decodePart(parts[0], &h) || h.Algorithm != "RS256" {
		return AccessToken{}, ErrNotAccessToken
	}
	keys, err := i.published(ctx, poolID)
	if err != nil {
		return AccessToken{}, err
	}
	signature, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		return AccessToken{}, ErrNotAccessToken
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	genuine := false
	for _, k := range keys {
		if k.id == h.KeyID && rsa.VerifyPKCS1v15(&k.private.PublicKey, crypto.SHA256, sum[:], signature) == nil {
			genuine = true
		}
	}
	var c struct {
		Issuer    string `json:"iss"`
		Use       string `json:"token_use"`
		ClientID  string `json:"client_id"`
		Username  string `json:"username"`
		Sub       string `json:"sub"`
		OriginJTI string `json:"origin_jti"`
		EventID   string `json:"event_id"`
		JTI       string `json:"jti"`
		Scope     string `json:"scope"`
		IssuedAt  int64  `json:"iat"`
		ExpiresAt int64  `json:"exp"`
	}
	if !genuine || !decodePart(parts[1], &c) || c.Use != "access" || c.Issuer != i.cfg.URL(poolID) {
		return AccessToken{}, ErrNotAccessToken
	}
	if i.cfg.Now().Unix() >= c.ExpiresAt {
		return AccessToken{}, ErrTokenExpired
	}
	return AccessToken{
		PoolID: poolID, ClientID: c.ClientID, Username: c.Username, Sub: c.Sub, OriginJTI: c.OriginJTI, EventID: c.EventID, JTI: c.JTI,
		Scopes: strings.Fields(c.Scope), IssuedAt: time.Unix(c.IssuedAt, 0), ExpiresAt: time.Unix(c.ExpiresAt, 0),
	}, nil
}

// PoolOf returns the ID of the pool that a token says it is of. It is a name to
// look for, not yet to be believed: "" where it cannot be one.
func PoolOf(raw string) string {
	parts := strings.Split(raw[:min(len(raw), maxTokenBytes)], ".")
	if len(parts) != 3 {
		return ""
	}
	var c struct {
		Issuer string `json:"iss"`
	}
	if !decodePart(parts[1], &c) {
		return ""
	}
	id := c.Issuer[strings.LastIndexByte(c.Issuer, '/')+1:]
	if len(id) > maxPoolID {
		return ""
	}
	return id
}

func decodePart(part string, into any) bool {
	b, err := base64.RawURLEncoding.Strict().DecodeString(part)
	return err == nil && json.Unmarshal(b, into) == nil
}
