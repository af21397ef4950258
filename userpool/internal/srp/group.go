package srp

import (
	"crypto/sha256"
	"math/big"
)

// groupSize is the length of N, and of every number modulo N, in bytes.
const groupSize = 3072 / 8

// modulusHex is N: the prime of RFC 5054 appendix A (3072 bits) and RFC 3526 §5.
// It is a safe prime: (N-1)/2 is prime too.
const modulusHex = "" +
	"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74" +
	"020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437" +
	"4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05" +
	"98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB" +
	"9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718" +
	"3995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D04507A33" +
	"A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864" +
	"D87602733EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E2" +
	"08E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

// Never written to: big.Int is safe for concurrent reads.
var (
	modulus    = fromHex(modulusHex)
	generator  = big.NewInt(2) // Cognito's; RFC 5054 has 5
	multiplier = hashNumber(signed(modulus), signed(generator))
)

// fromHex reads digits that are known to be hexadecimal.
func fromHex(digits string) *big.Int {
	n, _ := new(big.Int).SetString(digits, 16)
	return n
}

// signed is the shortest big-endian two's complement of n, which is not
// negative: what Cognito's clients hash. Zero is one zero byte.
func signed(n *big.Int) []byte {
	// One bit more than n has, rounded up: room for the sign.
	return n.FillBytes(make([]byte, n.BitLen()/8+1))
}

// hashNumber is the SHA-256 of the parts, one after the other, as a number.
func hashNumber(parts ...[]byte) *big.Int {
	h := sha256.New()
	for _, p := range parts {
		h.Write(p)
	}
	return new(big.Int).SetBytes(h.Sum(nil))
}

// residue reads what must be a number from 1 to N-1 in exactly groupSize bytes.
func residue(b []byte) (*big.Int, bool) {
	if len(b) != groupSize {
		return nil, false
	}
	n := new(big.Int).SetBytes(b)
	return n, n.Sign() > 0 && n.Cmp(modulus) < 0
}
