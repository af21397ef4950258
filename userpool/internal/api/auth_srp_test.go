package api

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
	"time"
)

// srpN repeats N of RFC 3526 §5, so that this client shares nothing with the
// server.
var srpN = srpNumber("" +
	"ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404dd" +
	"ef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7ed" +
	"ee386bfb5a899fa5ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f" +
	"83655d23dca3ad961c62f356208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3b" +
	"e39e772c180e86039b2783a2ec07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa0510" +
	"15728e5a8aaac42dad33170d04507a33a85521abdf1cba64ecfb850458dbef0a8aea71575d060c7db3970f85a6e1e4c7" +
	"abf5ae8cdb0933d71e8c94e04a25619dcee3d2261ad2ee6bf12ffa06d98a0864d87602733ec86a64521f2b18177b200c" +
	"bbe117577a615d6c770988c0bad946e208e24fa074e5ab3143db5bfce0fd108e4b82d120a93ad2caffffffffffffffff")

func srpNumber(digits string) *big.Int {
	n, ok := new(big.Int).SetString(digits, 16)
	if !ok {
		panic("not hexadecimal: " + digits)
	}
	return n
}

// srpClient is the other side of USER_SRP_AUTH, in the terms of the challenge's
// parameters.
type srpClient struct{ a *big.Int }

func newSRPClient(t testing.TB) srpClient {
	t.Helper()
	a, err := rand.Int(rand.Reader, srpN)
	if err != nil {
		t.Fatal(err)
	}
	return srpClient{a}
}

func (c srpClient) publicA() string { return new(big.Int).Exp(big.NewInt(2), c.a, srpN).Text(16) }

func srpPad(n *big.Int) string {
	digits := n.Text(16)
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	if strings.ContainsRune("89abcdef", rune(digits[0])) {
		digits = "00" + digits
	}
	return digits
}

func srpBytes(digits string) []byte {
	b, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}
	return b
}

func srpHash(digits string) *big.Int {
	sum := sha256.Sum256(srpBytes(digits))
	return new(big.Int).SetBytes(sum[:])
}

func srpMAC(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(slices.Concat(parts...))
	return mac.Sum(nil)
}

// answers returns the ChallengeResponses to a PASSWORD_VERIFIER challenge.
func (c srpClient) answers(challenge fields, password string, at time.Time) fields {
	user, block := challenge["USER_ID_FOR_SRP"].(string), challenge["SECRET_BLOCK"].(string)
	A, B, g := srpNumber(c.publicA()), srpNumber(challenge["SRP_B"].(string)), big.NewInt(2)
	_, pool, _ := strings.Cut(testPoolID, "_")
	k := srpHash(srpPad(srpN) + srpPad(g))
	u := srpHash(srpPad(A) + srpPad(B))
	identity := sha256.Sum256([]byte(pool + user + ":" + password))
	x := srpHash(srpPad(srpNumber(challenge["SALT"].(string))) + hex.EncodeToString(identity[:]))
	// S = (B - k g^x)^(a + u x)
	base := new(big.Int).Exp(g, x, srpN)
	base.Sub(B, base.Mul(base, k)).Mod(base, srpN)
	exponent := new(big.Int).Mul(u, x)
	secret := base.Exp(base, exponent.Add(exponent, c.a), srpN)
	// RFC 5869 by hand: extract, then the first block of expand.
	key := srpMAC(srpMAC(srpBytes(srpPad(u)), srpBytes(srpPad(secret))), []byte("Caldera Derived Key"), []byte{1})[:16]
	timestamp := at.UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	decoded, err := base64.StdEncoding.DecodeString(block)
	if err != nil {
		panic(err)
	}
	claim := srpMAC(key, []byte(pool), []byte(user), decoded, []byte(timestamp))
	return fields{
		"USERNAME": user, "TIMESTAMP": timestamp, "PASSWORD_CLAIM_SECRET_BLOCK": block,
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(claim),
	}
}
