package peers

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// A Pool describes the user pool that a verifier trusts.
type Pool struct {
	Issuer   string
	ClientID string
	TokenUse string           // "access" or "id"
	JWKS     []byte           // the key set
	JWKSURL  string           // where a server of this machine has it, for libraries that want to fetch it themselves
	Now      func() time.Time // the time that exp is compared with
}

// A Peer is a verifier of another project.
type Peer struct {
	Name string
	// New sets the verifier up, once for many tokens.
	New func(ctx context.Context, pool Pool) (Verify, error)
}

// Verify returns the reason why the token is rejected, or nil if it is accepted.
type Verify func(ctx context.Context, raw string) error

// All returns the peers that are written in Go.
func All() []Peer {
	return []Peer{
		{"golang-jwt", newGolangJWT},
		{"golang-jwt-map", newGolangJWTMap},
		{"go-jose", newGoJOSE},
		{"go-oidc", newGoOIDC},
		{"jwx", newJWX},
		{"cap", newCap},
	}
}

// cognitoClaims are the claims of Cognito's that no library knows of, in the form in
// which their users add them.
type cognitoClaims struct {
	TokenUse string `json:"token_use"`
	ClientID string `json:"client_id"`
}

var (
	errTokenUse = errors.New("another token_use")
	errClient   = errors.New("another app client")
	errNoExpiry = errors.New("no exp")
	errKeyID    = errors.New("no key of that name")
)

// check is what is left to the user of every library. An ID token names its client in
// aud, which the libraries do check.
func (c cognitoClaims) check(pool Pool) error {
	if c.TokenUse != pool.TokenUse {
		return errTokenUse
	}
	if pool.TokenUse == "access" && c.ClientID != pool.ClientID {
		return errClient
	}
	return nil
}

// audience returns what aud must have: nothing for access tokens, which have none.
func (p Pool) audience() []string {
	if p.TokenUse == "id" {
		return []string{p.ClientID}
	}
	return nil
}

// rsaKeys reads the key set into what golang-jwt wants, which has no reader of its own;
// like the reader that most of its users take, it goes by kid, and by use and alg where
// the set says them.
func rsaKeys(jwks []byte) (map[string]*rsa.PublicKey, error) {
	set, err := parseJWKS(jwks)
	if err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, jwk := range set.Keys {
		key, isRSA := jwk.Key.(*rsa.PublicKey)
		if isRSA && slices.Contains([]string{"", "sig"}, jwk.Use) && slices.Contains([]string{"", "RS256"}, jwk.Algorithm) {
			keys[jwk.KeyID] = key
		}
	}
	return keys, nil
}

func parseJWKS(text []byte) (*jose.JSONWebKeySet, error) {
	set := new(jose.JSONWebKeySet)
	if err := json.Unmarshal(text, set); err != nil {
		return nil, fmt.Errorf("the key set: %w", err)
	}
	return set, nil
}
