package main

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// modulus is the 3072-bit group of RFC 5054 appendix A (RFC 3526 §4), its generator 2.
var modulus, _ = new(big.Int).SetString(""+
	"ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd"+
	"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed"+
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f"+
	"83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b"+
	"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510"+
	"15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7"+
	"abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c"+
	"bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff", 16)

var (
	generator  = big.NewInt(2)
	multiplier = hashed(signed(modulus), signed(generator))
)

// A srpClient is the client's half of one SRP sign-in.
type srpClient struct{ secret, public *big.Int }

func newSRPClient() (srpClient, error) {
	a, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 256))
	if err != nil {
		return srpClient{}, err
	}
	return srpClient{a, new(big.Int).Exp(generator, a, modulus)}, nil
}

// An srpProof is what the client answers a challenge with.
type srpProof struct{ timestamp, signature string }

// prove answers the parameters of the challenge PASSWORD_VERIFIER.
func (c srpClient) prove(poolID, password string, challenge map[string]string) (srpProof, error) {
	public, ok := new(big.Int).SetString(challenge["SRP_B"], 16)
	salt, saltOK := new(big.Int).SetString(challenge["SALT"], 16)
	block, err := base64.StdEncoding.DecodeString(challenge["SECRET_BLOCK"])
	if !ok || !saltOK || err != nil {
		return srpProof{}, fmt.Errorf("not a challenge: %q", challenge)
	}
	_, pool, _ := strings.Cut(poolID, "_")
	user := challenge["USER_ID_FOR_SRP"]
	identity := sha256.Sum256([]byte(pool + user + ":" + password))
	x, u := hashed(signed(salt), identity[:]), hashed(signed(c.public), signed(public))
	// S = (B - k g^x)^(a + u x)
	base := new(big.Int).Exp(generator, x, modulus)
	base.Sub(public, base.Mul(base, multiplier)).Mod(base, modulus)
	exponent := new(big.Int).Mul(u, x)
	shared := base.Exp(base, exponent.Add(exponent, c.secret), modulus)
	key, err := hkdf.Key(sha256.New, signed(shared), signed(u), "Caldera Derived Key", 16)
	if err != nil {
		return srpProof{}, err
	}
	timestamp := time.Now().UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	mac := hmac.New(sha256.New, key)
	for _, part := range [][]byte{[]byte(pool), []byte(user), block, []byte(timestamp)} {
		mac.Write(part)
	}
	return srpProof{timestamp, base64.StdEncoding.EncodeToString(mac.Sum(nil))}, nil
}

// hex of SRP_A.
func (c srpClient) publicHex() string { return hex.EncodeToString(c.public.Bytes()) }

// signed writes a number as two's complement does: with a zero byte before a set bit.
func signed(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		return append([]byte{0}, b...)
	}
	return b
}

func hashed(parts ...[]byte) *big.Int {
	hash := sha256.New()
	for _, p := range parts {
		hash.Write(p)
	}
	return new(big.Int).SetBytes(hash.Sum(nil))
}
