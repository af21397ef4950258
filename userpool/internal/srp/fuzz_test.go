package srp_test

import (
	"bytes"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/srp"
)

// FuzzBegin sends any SRP_A: what is taken is a number from 1 to N-1, and what
// is answered is one that clients can read.
func FuzzBegin(f *testing.F) {
	n := modulus.Text(16)
	for _, seed := range []string{"", "0", "1", "2", "aB", "0abc", "-1", "0x1", "1_0", " 1", "g", n, "00" + n, n + "0", n[:767] + "e", strings.Repeat("0", 770), strings.Repeat("f", 771)} {
		f.Add(seed)
	}
	v := newVerifier(f)
	f.Fuzz(func(t *testing.T, clientA string) {
		h, err := srp.Begin(bytes.NewReader(make([]byte, 32)), v, clientA)
		a, isHex := new(big.Int).SetString(clientA, 16)
		isHex = isHex && !strings.ContainsAny(clientA, "+-_")
		good := isHex && len(clientA) <= 770 && a.Sign() > 0 && a.Cmp(modulus) < 0
		if err != nil {
			if good || !errors.Is(err, srp.ErrPublicValue) || h.Key != nil {
				t.Errorf("%q: %v", clientA, err)
			}
			return
		}
		b := number(h.B)
		if !good || b.Sign() == 0 || b.Cmp(modulus) >= 0 || b.Text(16) != h.B || len(h.Key) != 16 {
			t.Errorf("%q: accepted with B %s", clientA, h.B)
		}
		if h.Proves(pool, user, secretBlock, timestamp, clientA) {
			t.Error("proved by SRP_A")
		}
	})
}

// FuzzParseTimestamp accepts only what it would write itself.
func FuzzParseTimestamp(f *testing.F) {
	for _, seed := range []string{
		"Tue Feb 3 04:05:06 UTC 2026", "Sat Nov 28 23:59:59 UTC 2026", "Tue Feb 03 04:05:06 UTC 2026",
		"tue feb 3 04:05:06 UTC 2026", "Tue Feb 3 04:05:06.5 UTC 2026", "Sat Jan 1 00:00:00 UTC 0000", "",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := srp.ParseTimestamp(s)
		if err == nil && (got.Format("Mon Jan 2 15:04:05 UTC 2006") != s || got.Location() != time.UTC) {
			t.Errorf("%q: accepted as %v", s, got)
		}
	})
}
