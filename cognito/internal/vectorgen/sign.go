package main

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"fmt"
	"hash"
	"math/big"
	"slices"
)

// A signer makes a signature over the signing input.
type signer func(input []byte) []byte

// rs256 signs as user pools do (RFC 7518 §3.3).
func (k *key) rs256(input []byte) []byte { return k.pkcs1(crypto.SHA256)(input) }

func (k *key) pkcs1(hash crypto.Hash) signer {
	return func(input []byte) []byte {
		return must(rsa.SignPKCS1v15(nil, k.private, hash, digest(hash, input)))
	}
}

// The DER of a DigestInfo up to the digest, for SHA-256 (RFC 8017 §9.2, note 1),
// and forms that are not quite it.
var (
	infoSHA256      = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}
	infoWithoutNull = []byte{0x30, 0x2f, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x04, 0x20}
	infoLongLength  = []byte{0x30, 0x81, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20}
	infoSHA512      = []byte{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05, 0x00, 0x04, 0x20}
)

// encoded is the EMSA-PKCS1-v1_5 encoding with that DigestInfo, size bytes long.
func encoded(info, input []byte, size int) []byte {
	tail := append(bytes.Clone(info), digest(crypto.SHA256, input)...)
	em := append([]byte{0, 1}, bytes.Repeat([]byte{0xff}, size-3-len(tail))...)
	return append(append(em, 0), tail...)
}

// over signs what encode makes of the input, which need not be a proper encoding.
func (k *key) over(encode func(input []byte, size int) []byte) signer {
	return func(input []byte) []byte {
		size := k.private.Size()
		m := new(big.Int).SetBytes(encode(input, size))
		return m.Exp(m, k.private.D, k.private.N).FillBytes(make([]byte, size))
	}
}

// pss signs as PS256 does (RFC 7518 §3.5), but with a salt of no chance: package rsa
// takes its salt from the system, and these files must not change.
func (k *key) pss(input []byte) []byte {
	return k.over(func(input []byte, size int) []byte {
		salt := digest(crypto.SHA256, []byte("salt"))
		seed := digest(crypto.SHA256, append(append(make([]byte, 8), digest(crypto.SHA256, input)...), salt...))
		em := slices.Concat(make([]byte, size-len(seed)-len(salt)-2), []byte{1}, salt)
		// MGF1 (RFC 8017 appendix B.2.1).
		for n := 0; n*sha256.Size < len(em); n++ {
			mask := digest(crypto.SHA256, append(bytes.Clone(seed), 0, 0, 0, byte(n)))
			for i := 0; i < len(mask) && n*sha256.Size+i < len(em); i++ {
				em[n*sha256.Size+i] ^= mask[i]
			}
		}
		em[0] &= 0x7f
		return append(append(em, seed...), 0xbc)
	})(input)
}

// squareRoot signs for the exponent 2, where the encoding happens to be a square.
func (k *key) squareRoot(input []byte) []byte {
	n, p, q := k.private.N, k.private.Primes[0], k.private.Primes[1]
	m := new(big.Int).SetBytes(encoded(infoSHA256, input, k.private.Size()))
	atP, atQ := new(big.Int).ModSqrt(new(big.Int).Mod(m, p), p), new(big.Int).ModSqrt(new(big.Int).Mod(m, q), q)
	if atP == nil || atQ == nil {
		return nil
	}
	// The Chinese remainder of both.
	h := new(big.Int).Mul(new(big.Int).Sub(atP, atQ), new(big.Int).ModInverse(q, p))
	s := new(big.Int).Add(atQ, new(big.Int).Mul(h.Mod(h, p), q))
	return s.Mod(s, n).FillBytes(make([]byte, k.private.Size()))
}

// forgedCube needs no private key: the cube of the signature begins like a proper
// encoding and goes on with what comes (Bleichenbacher 2006, CVE-2006-4339).
func forgedCube(k *key) signer {
	return func(input []byte) []byte {
		size := k.private.Size()
		start := append([]byte{0, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0}, infoSHA256...)
		start = append(start, digest(crypto.SHA256, input)...)
		m := new(big.Int).SetBytes(append(bytes.Clone(start), make([]byte, size-len(start))...))
		root := new(big.Int).Add(cubeRoot(m), big.NewInt(1))
		cube := new(big.Int).Exp(root, big.NewInt(3), nil).FillBytes(make([]byte, size))
		if !bytes.HasPrefix(cube, start) {
			panic("vectorgen: the cube does not begin as it should")
		}
		return root.FillBytes(make([]byte, size))
	}
}

// cubeRoot rounds down.
func cubeRoot(n *big.Int) *big.Int {
	low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), uint(n.BitLen()/3+1))
	for {
		middle := new(big.Int).Add(low, high)
		middle.Rsh(middle, 1)
		if middle.Cmp(low) == 0 {
			return low
		}
		if new(big.Int).Exp(middle, big.NewInt(3), nil).Cmp(n) <= 0 {
			low = middle
		} else {
			high = middle
		}
	}
}

func hmacWith(newHash func() hash.Hash, secret []byte) signer {
	return func(input []byte) []byte {
		mac := hmac.New(newHash, secret)
		mac.Write(input)
		return mac.Sum(nil)
	}
}

// es256 signs with the P-256 key in the form of RFC 7518 §3.4. With no randomness
// given, package ecdsa derives it from key and message (RFC 6979).
func es256(private *ecdsa.PrivateKey) signer {
	return func(input []byte) []byte {
		der := must(private.Sign(nil, digest(crypto.SHA256, input), crypto.SHA256))
		r, s := integersOf(der)
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
}

// integersOf reads a DER sequence of two short integers.
func integersOf(der []byte) (r, s *big.Int) {
	length := int(der[3])
	return new(big.Int).SetBytes(der[4 : 4+length]), new(big.Int).SetBytes(der[6+length:])
}

func digest(hash crypto.Hash, input []byte) []byte {
	switch hash { //nolint:exhaustive // no other one is used
	case crypto.SHA256:
		sum := sha256.Sum256(input)
		return sum[:]
	case crypto.SHA384:
		sum := sha512.Sum384(input)
		return sum[:]
	case crypto.SHA512:
		sum := sha512.Sum512(input)
		return sum[:]
	}
	panic(fmt.Sprintf("vectorgen: no hash %v", hash))
}

// must is for what fails only where the program itself is wrong.
func must[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("vectorgen: %v", err))
	}
	return v
}
