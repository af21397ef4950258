package totp_test

import (
	"crypto/rand"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/totp"
)

// A user registers an authenticator app and signs in with its code, once.
func Example() {
	secret, err := totp.NewSecret(rand.Reader)
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	code, err := totp.Code(secret, now) // what the app shows
	if err != nil {
		fmt.Println(err)
		return
	}

	lastUsed, ok := totp.Verify(secret, code, now.Add(20*time.Second), 0)
	fmt.Println(ok)
	_, ok = totp.Verify(secret, code, now.Add(21*time.Second), lastUsed)
	fmt.Println(ok)
	// Output:
	// true
	// false
}

// The first row of RFC 6238 appendix B, whose 94287082 ends in the six digits.
func ExampleCode() {
	code, err := totp.Code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", time.Unix(59, 0))
	fmt.Println(code, err)
	// Output: 287082 <nil>
}

func ExampleVerify() {
	const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
	step, ok := totp.Verify(secret, "287082", time.Unix(59, 0), 0)
	fmt.Println(step, ok)
	_, ok = totp.Verify(secret, "287082", time.Unix(59, 0), step)
	fmt.Println(ok)
	// Output:
	// 1 true
	// false
}
