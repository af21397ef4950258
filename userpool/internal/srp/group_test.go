package srp

import (
	"encoding/hex"
	"math/big"
	"testing"
)

// TestModulus computes N as RFC 3526 §5 defines it, from the digits of π, and
// checks that it is a safe prime of which 2 is a square: what Decoy rests on.
func TestModulus(t *testing.T) {
	t.Parallel()
	one := big.NewInt(1)
	power := func(bits uint) *big.Int { return new(big.Int).Lsh(one, bits) }

	// 2^3072 - 2^3008 - 1 + 2^64 * ( [2^2942 pi] + 1690314 )
	want := new(big.Int).Add(pi(2942), big.NewInt(1690314))
	want.Lsh(want, 64).Sub(want, one).Sub(want, power(3008)).Add(want, power(3072))
	if modulus.Cmp(want) != 0 {
		t.Fatalf("N is not RFC 3526's: %x, want %x", modulus, want)
	}
	if modulus.BitLen() != 8*groupSize {
		t.Errorf("N has %d bits", modulus.BitLen())
	}
	if !modulus.ProbablyPrime(8) || !new(big.Int).Rsh(modulus, 1).ProbablyPrime(8) {
		t.Error("N is no safe prime")
	}
	if big.Jacobi(generator, modulus) != 1 {
		t.Error("2 is no square modulo N")
	}
}

// pi returns [2^bits π] by Machin's formula: π = 16 arctan(1/5) - 4 arctan(1/239).
func pi(bits uint) *big.Int {
	const guard = 64 // bits that absorb the rounding of some thousand terms
	arctan := func(inverse int64) *big.Int {
		square := big.NewInt(inverse * inverse)
		term := new(big.Int).Lsh(big.NewInt(1), bits+guard)
		term.Quo(term, big.NewInt(inverse))
		sum := new(big.Int)
		for n := int64(1); term.Sign() != 0; n += 2 {
			part := new(big.Int).Quo(term, big.NewInt(n))
			if n%4 == 1 {
				sum.Add(sum, part)
			} else {
				sum.Sub(sum, part)
			}
			term.Quo(term, square)
		}
		return sum
	}
	fifth, rest := arctan(5), arctan(239)
	fifth.Mul(fifth, big.NewInt(16)).Sub(fifth, rest.Mul(rest, big.NewInt(4)))
	return fifth.Rsh(fifth, guard)
}

// TestSigned has the encodings of Java's BigInteger.toByteArray.
func TestSigned(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ number, want string }{
		{"0", "00"},
		{"1", "01"},
		{"14", "14"},
		{"7f", "7f"},
		{"80", "0080"},
		{"ec", "00ec"},
		{"ff", "00ff"},
		{"100", "0100"},
		{"7ff", "07ff"},
		{"8000", "008000"},
		{"00000abc", "0abc"},
		{"008000", "008000"},
	} {
		if got := hex.EncodeToString(signed(fromHex(test.number))); got != test.want {
			t.Errorf("%s: %s, want %s", test.number, got, test.want)
		}
	}
	if got := signed(modulus); len(got) != groupSize+1 || got[0] != 0 {
		t.Errorf("N: %d bytes, the first is %#x", len(got), got[0])
	}
}
