package main

import (
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"slices"

	"github.com/golang-jwt/jwt/v5"
)

// discovery and keySet are where a target has them.
func (t *target) discovery() string {
	return t.process.url + "/" + t.poolID + "/.well-known/openid-configuration"
}
func (t *target) keySet() string { return t.process.url + "/" + t.poolID + "/.well-known/jwks.json" }

// page returns a request for a page.
func page(ctx context.Context, address string) func() (*http.Request, error) {
	return func() (*http.Request, error) { return http.NewRequestWithContext(ctx, http.MethodGet, address, nil) }
}

// keys returns the signing keys of a target.
func (t *target) keys(ctx context.Context) (jwt.Keyfunc, error) {
	r, err := page(ctx, t.keySet())()
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []struct {
			ID       string `json:"kid"`
			Modulus  string `json:"n"`
			Exponent string `json:"e"`
		} `json:"keys"`
	}
	if err := t.answer(r, &set); err != nil {
		return nil, err
	}
	keys := map[string]*rsa.PublicKey{}
	for _, k := range set.Keys {
		n, nErr := base64.RawURLEncoding.DecodeString(k.Modulus)
		e, eErr := base64.RawURLEncoding.DecodeString(k.Exponent)
		if err := errors.Join(nErr, eErr); err != nil {
			return nil, fmt.Errorf("key %s: %w", k.ID, err)
		}
		keys[k.ID] = &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(new(big.Int).SetBytes(e).Int64())}
		if bits := keys[k.ID].N.BitLen(); bits != 2048 {
			return nil, fmt.Errorf("key %s has %d bits: the floor has 2048", k.ID, bits)
		}
	}
	return func(token *jwt.Token) (any, error) {
		id, _ := token.Header["kid"].(string)
		if keys[id] == nil {
			return nil, fmt.Errorf("no key %q", id)
		}
		return keys[id], nil
	}, nil
}

// verify signs in once by each flow and verifies what comes of it.
func (t *target) verify(ctx context.Context) error {
	keys, err := t.keys(ctx)
	if err != nil {
		return err
	}
	for _, f := range t.flows {
		_, v, err := t.signIn(ctx, f, 1, 1)
		if err != nil {
			return err
		}
		client := t.clientID
		if f.name == flowMachine {
			client = ownMachine
		}
		if err := t.check(keys, v.tokens.access, "access", client); err != nil {
			return fmt.Errorf("%s: access token: %w", f.name, err)
		}
		if f.signatures == 1 {
			continue
		}
		if err := t.check(keys, v.tokens.id, "id", client); err != nil {
			return fmt.Errorf("%s: ID token: %w", f.name, err)
		}
	}
	return nil
}

func (t *target) check(keys jwt.Keyfunc, token, use, client string) error {
	claims := jwt.MapClaims{}
	_, err := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithIssuer(t.issuer), jwt.WithExpirationRequired()).
		ParseWithClaims(token, claims, keys)
	if err != nil {
		return err
	}
	if claims["token_use"] != use {
		return fmt.Errorf("token_use %v, want %s", claims["token_use"], use)
	}
	audience, err := claims.GetAudience()
	if err != nil {
		return err
	}
	if claims["client_id"] != client && !slices.Contains(audience, client) {
		return fmt.Errorf("it is not for client %s", client)
	}
	return nil
}
