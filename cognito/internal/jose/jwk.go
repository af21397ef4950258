package jose

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"math/big"
	"slices"

	"github.com/poolguard/poolguard/cognito/internal/excerpt"
)

// The sizes of RSA key that are used, in bits. RFC 7518 §3.3 sets the lower one;
// the upper one bounds what a hostile key set can make a verification cost.
const (
	MinRSABits = 2048
	MaxRSABits = 8192
)

// ErrNoUsableKey is returned by [ParseSet] for a set that is well formed but has no
// key to check a signature with.
var ErrNoUsableKey = errors.New("jose: the key set has no usable key")

// A Key is a public key for RS256 signatures.
type Key struct {
	ID     string
	Public *rsa.PublicKey
}

// Skipped describes a member of a key set that is not used, and why.
type Skipped struct {
	Index  int    // in the set's keys array
	ID     string // "" where it has none
	Reason string // for example "has use \"enc\", not \"sig\""
}

// ParseSet reads a JWK Set (RFC 7517 §5). It returns the keys that may check RS256
// signatures, in the set's order, and the members that may not. If two different usable
// keys have one name, it uses neither, because it is not clear which one is meant.
//
// A set that is not strict JSON (see [DecodeObject]) is a [*MalformedError]. With
// [ErrNoUsableKey] the skipped keys say why.
func ParseSet(data []byte) (keys []Key, skipped []Skipped, err error) {
	var members []member
	found := false
	err = DecodeObject(data, "key set", VisitorFunc(func(name []byte, value Value, _ int) error {
		if string(name) != "keys" {
			return nil
		}
		found = true
		err := DecodeArray(value, func(jwk Value, _ int) error {
			members = append(members, parseKey(jwk))
			return nil
		})
		if err != nil {
			return &MalformedError{"key set", "has a keys member that is not an array"}
		}
		return nil
	}))
	if err != nil {
		return nil, nil, err
	}
	if !found {
		return nil, nil, &MalformedError{"key set", "has no keys member"}
	}
	refuseAmbiguous(members)
	for i, m := range members {
		switch {
		case m.fault != "":
			skipped = append(skipped, Skipped{i, m.key.ID, m.fault})
		case !slices.ContainsFunc(keys, func(k Key) bool { return k.ID == m.key.ID }): // else the same key again
			keys = append(keys, m.key)
		}
	}
	if len(keys) == 0 {
		return nil, skipped, ErrNoUsableKey
	}
	return keys, skipped, nil
}

// A member of a set is a key, or not usable for the reason in fault.
type member struct {
	key   Key
	fault string
}

// refuseAmbiguous marks the usable keys that share their name with another,
// different one.
func refuseAmbiguous(members []member) {
	first := map[string]int{}
	ambiguous := map[string]bool{}
	for i, m := range members {
		if m.fault != "" {
			continue
		}
		if j, seen := first[m.key.ID]; !seen {
			first[m.key.ID] = i
		} else if !members[j].key.Public.Equal(m.key.Public) {
			ambiguous[m.key.ID] = true
		}
	}
	for i, m := range members {
		if m.fault == "" && ambiguous[m.key.ID] {
			members[i].fault = "shares its kid with a different key"
		}
	}
}

// parseKey reads one JWK (RFC 7517 §4, RFC 7518 §6.3.1).
func parseKey(jwk Value) member {
	var p keyParameters
	if err := DecodeObject(jwk, "key", &p); err != nil {
		return member{fault: "is not a JSON object"}
	}
	m := member{key: Key{ID: p.kid}, fault: p.fault}
	if m.fault == "" {
		m.fault = p.unfit()
	}
	if m.fault == "" {
		m.key.Public, m.fault = rsaPublicKey(p.n, p.e)
	}
	return m
}

// keyParameters are the members of a JWK that decide whether and how it is used.
type keyParameters struct {
	kty, kid, use, alg, n, e string
	ops                      []string
	hasUse, hasAlg, private  bool
	fault                    string // the first one of reading
}

// Member implements Visitor.
func (p *keyParameters) Member(name []byte, value Value, _ int) error {
	text := func(dst *string) {
		var ok bool
		if *dst, ok = value.Text(); !ok && p.fault == "" {
			p.fault = fmt.Sprintf("has a member %s that is not a string", name)
		}
	}
	switch string(name) {
	case "kty":
		text(&p.kty)
	case "kid":
		text(&p.kid)
	case "use":
		p.hasUse = true
		text(&p.use)
	case "alg":
		p.hasAlg = true
		text(&p.alg)
	case "n":
		text(&p.n)
	case "e":
		text(&p.e)
	case "d", "p", "q", "dp", "dq", "qi", "oth", "k":
		p.private = true
	case "key_ops":
		var ok bool
		if p.ops, ok = value.Texts(); !ok && p.fault == "" {
			p.fault = "has a member key_ops that is not an array of strings"
		}
	}
	return nil
}

// unfit says why a key with these parameters may not check RS256 signatures, or "".
// What a key does not say of itself is no reason (RFC 7517 §4.2 to §4.4 make use,
// key_ops and alg optional).
func (p *keyParameters) unfit() string {
	switch {
	case p.kty != "RSA":
		return fmt.Sprintf("has kty %s, not \"RSA\"", quote(p.kty))
	case p.hasUse && p.use != "sig":
		return fmt.Sprintf("has use %s, not \"sig\"", quote(p.use))
	case p.ops != nil && !slices.Contains(p.ops, "verify"):
		return "has key_ops without \"verify\""
	case p.hasAlg && p.alg != "RS256":
		return fmt.Sprintf("has alg %s, not \"RS256\"", quote(p.alg))
	case p.private:
		return "holds private parts: each reader of the set can sign with it"
	case p.kid == "":
		return "has no kid"
	}
	return ""
}

// quote makes text from a key set safe and short enough to show.
func quote(s string) string { return excerpt.Quote(s, 40) }

// rsaPublicKey decodes modulus and exponent (RFC 7518 §6.3.1).
func rsaPublicKey(n, e string) (key *rsa.PublicKey, fault string) {
	modulus, ok := decodeUint(n)
	if !ok {
		return nil, "has an n that is not canonical, unpadded base64url"
	}
	exponent, ok := decodeUint(e)
	if !ok {
		return nil, "has an e that is not canonical, unpadded base64url"
	}
	switch bits := modulus.BitLen(); {
	case bits < MinRSABits:
		return nil, fmt.Sprintf("has %d bits; at least %d are needed", bits, MinRSABits)
	case bits > MaxRSABits:
		return nil, fmt.Sprintf("has %d bits; at most %d are accepted", bits, MaxRSABits)
	case modulus.Bit(0) == 0:
		return nil, "has an even modulus"
	// crypto/rsa wants the exponent in 31 bits, as every key in use has it.
	case exponent.BitLen() > 31:
		return nil, "has an exponent over 31 bits"
	case exponent.Bit(0) == 0 || exponent.Int64() < 3:
		return nil, "has an exponent that is even or under 3"
	}
	return &rsa.PublicKey{N: modulus, E: int(exponent.Int64())}, ""
}

// decodeUint decodes a Base64urlUInt (RFC 7518 §2).
func decodeUint(s string) (*big.Int, bool) {
	for i := range len(s) {
		if s[i] == '\n' || s[i] == '\r' { // skipped by encoding/base64
			return nil, false
		}
	}
	b, err := encoding.DecodeString(s)
	if err != nil || len(b) == 0 {
		return nil, false
	}
	return new(big.Int).SetBytes(b), true
}
