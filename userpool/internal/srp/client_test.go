package srp_test

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// modulus repeats N, so that the client shares nothing with the server.
var modulus = number("" +
	"ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
	"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
	"83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
	"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
	"15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7" +
	"abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c" +
	"bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff")

func number(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		panic("not hexadecimal: " + digits)
	}
	return n
}

// client is the other side, in the terms of the challenge's parameters. It pads
// by digits, as scripts do, where the server counts bits.
type client struct {
	pool, user, password string
	a                    *big.Int
}

func newClient(t testing.TB, pool, user, password string) client {
	t.Helper()
	// Longer ones only take longer.
	a, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 256))
	if err != nil {
		t.Fatal(err)
	}
	return client{pool: pool, user: user, password: password, a: a}
}

func padHex(n *big.Int) string {
	digits := n.Text(16)
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	if strings.ContainsRune("89abcdef", rune(digits[0])) {
		digits = "00" + digits
	}
	return digits
}

func sha(message []byte) []byte {
	sum := sha256.Sum256(message)
	return sum[:]
}

func hashHex(digits string) *big.Int { return new(big.Int).SetBytes(sha(unhex(digits))) }

// unhex reads what this package's tests wrote.
func unhex(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return b
}

func sign(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(slices.Concat(parts...))
	return mac.Sum(nil)
}

// publicA is SRP_A.
func (c client) publicA() string { return new(big.Int).Exp(big.NewInt(2), c.a, modulus).Text(16) }

// signature is the PASSWORD_CLAIM_SIGNATURE at timestamp.
func (c client) signature(serverB, salt string, secretBlock []byte) string {
	A, B, g := number(c.publicA()), number(serverB), big.NewInt(2)
	k := hashHex(padHex(modulus) + padHex(g))
	u := hashHex(padHex(A) + padHex(B))
	identity := sha([]byte(c.pool + c.user + ":" + c.password))
	x := hashHex(padHex(number(salt)) + hex.EncodeToString(identity))
	// S = (B - k g^x)^(a + u x)
	base := new(big.Int).Exp(g, x, modulus)
	base.Sub(B, base.Mul(base, k)).Mod(base, modulus)
	exponent := new(big.Int).Mul(u, x)
	secret := base.Exp(base, exponent.Add(exponent, c.a), modulus)
	// RFC 5869 by hand: extract, then the first block of expand.
	extracted := sign(unhex(padHex(u)), unhex(padHex(secret)))
	key := sign(extracted, []byte("Caldera Derived Key"), []byte{1})[:16]
	claim := sign(key, []byte(c.pool), []byte(c.user), secretBlock, []byte(timestamp))
	return base64.StdEncoding.EncodeToString(claim)
}

// exampleClient knows the password of the example.
var exampleClient = client{pool: "AbCdEf123", user: "alice", password: "correct horse", a: big.NewInt(1 << 40)}

func (c client) answer(serverB, salt string, secretBlock []byte) (at, signature string) {
	return timestamp, c.signature(serverB, salt, secretBlock)
}
