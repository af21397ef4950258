package main

import (
	"crypto/rsa"
	"math/big"
	"strings"
)

// A jsonKey is a JWK by its members; it is text, so that it can be wrong.
type jsonKey []member

// jwk is a key as Cognito publishes it.
func jwk(k *key) jsonKey { return jwkOf(k.kid, k.public()) }

func jwkOf(kid string, public *rsa.PublicKey) jsonKey {
	return jsonKey{
		{`"alg"`, `"RS256"`},
		{`"e"`, quoted(uintText(big.NewInt(int64(public.E))))},
		{`"kid"`, quoted(kid)},
		{`"kty"`, `"RSA"`},
		{`"n"`, quoted(uintText(public.N))},
		{`"use"`, `"sig"`},
	}
}

// with sets a member to a JSON text.
func (j jsonKey) with(name, value string) jsonKey {
	return setMember(append(jsonKey(nil), j...), quoted(name), value)
}

func (j jsonKey) without(names ...string) jsonKey {
	j = append(jsonKey(nil), j...)
	for _, name := range names {
		j = deleteMember(j, quoted(name))
	}
	return j
}

func (j jsonKey) text() string { return objectText(j, nil) }

// setOf is a JWK Set (RFC 7517 §5).
func setOf(keys ...jsonKey) string {
	texts := make([]string, len(keys))
	for n, k := range keys {
		texts[n] = k.text()
	}
	return `{"keys":[` + strings.Join(texts, ",") + "]}"
}
