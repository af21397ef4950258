package interop

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"
	"time"
)

// The 3072-bit group of RFC 3526, section 4.
const srpPrime = "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
	"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
	"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
	"15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
	"BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

// An srpClient is the client's side of Cognito's SRP, a second time and on its own:
// it shares no code with the pool's.
type srpClient struct {
	prime, secret, public, multiplier *big.Int
	poolName                          string
}

func newSRPClient(t *testing.T) *srpClient {
	t.Helper()
	c := &srpClient{poolName: strings.TrimPrefix(poolID, region+"_")}
	c.prime, _ = new(big.Int).SetString(srpPrime, 16)
	var err error
	if c.secret, err = rand.Int(rand.Reader, c.prime); err != nil {
		t.Fatal(err)
	}
	two := big.NewInt(2)
	c.public = new(big.Int).Exp(two, c.secret, c.prime)
	c.multiplier = digest(padded(c.prime), padded(two))
	return c
}

// padded is the encoding of Java's BigInteger: big-endian, with a zero byte before a
// set top bit.
func padded(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0]&0x80 != 0 {
		b = append([]byte{0}, b...)
	}
	return b
}

func digest(parts ...[]byte) *big.Int {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

// answer is the response to PASSWORD_VERIFIER, by the parameters of the challenge.
func (c *srpClient) answer(t *testing.T, challenge map[string]string, password string) map[string]string {
	t.Helper()
	user := challenge["USER_ID_FOR_SRP"]
	theirs, salt := hexNumber(t, challenge["SRP_B"]), hexNumber(t, challenge["SALT"])
	inner := sha256.Sum256([]byte(c.poolName + user + ":" + password))
	x := digest(padded(salt), inner[:])
	u := digest(padded(c.public), padded(theirs))

	base := new(big.Int).Exp(big.NewInt(2), x, c.prime)
	base.Mul(base, c.multiplier).Sub(theirs, base).Mod(base, c.prime)
	exponent := new(big.Int).Mul(u, x)
	shared := base.Exp(base, exponent.Add(exponent, c.secret), c.prime)
	key, err := hkdf.Key(sha256.New, padded(shared), padded(u), "Caldera Derived Key", 16)
	if err != nil {
		t.Fatal(err)
	}
	block, err := base64.StdEncoding.DecodeString(challenge["SECRET_BLOCK"])
	if err != nil {
		t.Fatal(err)
	}
	timestamp := time.Now().UTC().Format("Mon Jan 2 15:04:05 UTC 2006")
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(c.poolName + user))
	mac.Write(block)
	mac.Write([]byte(timestamp))
	return map[string]string{
		"USERNAME": user, "TIMESTAMP": timestamp, "PASSWORD_CLAIM_SECRET_BLOCK": challenge["SECRET_BLOCK"],
		"PASSWORD_CLAIM_SIGNATURE": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	}
}

func (c *srpClient) publicHex() string { return hex.EncodeToString(c.public.Bytes()) }

func hexNumber(t *testing.T, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		t.Fatalf("%q is no number in base 16", s)
	}
	return n
}
