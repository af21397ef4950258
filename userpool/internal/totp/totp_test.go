package totp_test

import (
	"crypto/rand"
	"encoding/base32"
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/totp"
)

// secret is that of RFC 4226 appendix D and RFC 6238 appendix B:
// "12345678901234567890".
const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"

// TestRFC6238 has the SHA-1 rows of appendix B. Its codes have eight digits; six
// are their last ones.
func TestRFC6238(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		unix int64
		code string
	}{
		{59, "94287082"},
		{1111111109, "07081804"},
		{1111111111, "14050471"},
		{1234567890, "89005924"},
		{2000000000, "69279037"},
		{20000000000, "65353130"},
	} {
		at, want := time.Unix(test.unix, 0), test.code[2:]
		if got, err := totp.Code(secret, at); err != nil || got != want {
			t.Errorf("%d: %s, %v, want %s", test.unix, got, err, want)
		}
		if step, ok := totp.Verify(secret, want, at, 0); !ok || step != test.unix/30 {
			t.Errorf("%d: %d, %t", test.unix, step, ok)
		}
	}
}

// TestRFC4226 has appendix D: the step is the counter.
func TestRFC4226(t *testing.T) {
	t.Parallel()
	for counter, want := range []string{
		"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
	} {
		got, err := totp.Code(secret, time.Unix(int64(counter)*30, 0))
		if err != nil || got != want {
			t.Errorf("%d: %s, %v, want %s", counter, got, err, want)
		}
	}
}

func TestVerifyDrift(t *testing.T) {
	t.Parallel()
	// The last second of step 1000: what counts is the step, not the distance.
	at := time.Unix(1000*30+29, 999)
	for offset := int64(-3); offset <= 3; offset++ {
		code, err := totp.Code(secret, time.Unix((1000+offset)*30, 0))
		if err != nil {
			t.Fatal(err)
		}
		step, ok := totp.Verify(secret, code, at, 0)
		if want := -1 <= offset && offset <= 1; ok != want || want && step != 1000+offset || !want && step != 0 {
			t.Errorf("%+d: %d, %t", offset, step, ok)
		}
	}
}

func TestVerifyReplay(t *testing.T) {
	t.Parallel()
	at := time.Unix(1000*30, 0)
	code, err := totp.Code(secret, at)
	if err != nil {
		t.Fatal(err)
	}
	for lastUsed, want := range map[int64]bool{-5: true, 0: true, 998: true, 999: true, 1000: false, 1001: false, 1 << 62: false} {
		if _, ok := totp.Verify(secret, code, at, lastUsed); ok != want {
			t.Errorf("after step %d: %t", lastUsed, ok)
		}
	}
}

// TestCodeOfTwoStepsIsAcceptedOnce has two steps with the same code: after one is accepted, both are
// used.
func TestCodeOfTwoStepsIsAcceptedOnce(t *testing.T) {
	t.Parallel()
	code := func(step int64) string {
		c, err := totp.Code(secret, time.Unix(step*30, 0))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	const earlier = 910737 // found by search
	if code(earlier) != code(earlier+1) {
		t.Fatal("they are no twins")
	}
	at := time.Unix(earlier*30, 0)
	step, ok := totp.Verify(secret, code(earlier), at, 0)
	if !ok || step != earlier+1 {
		t.Errorf("%d, %t, want the later step", step, ok)
	}
	if _, ok := totp.Verify(secret, code(earlier), at.Add(30*time.Second), step); ok {
		t.Error("the same digits are good again")
	}
}

func TestVerifyRefuses(t *testing.T) {
	t.Parallel()
	at := time.Unix(1111111109, 0) // 081804: a zero in front
	for name, code := range map[string]string{
		"empty":        "",
		"five digits":  "81804",
		"eight digits": "07081804",
		"space":        "081804 ",
		"spaces":       "081 804",
		"line break":   "081804\n",
		"sign":         "+81804",
		"Arabic":       "\u0660\u0668\u0661\u0668\u0660\u0664",
		"fullwidth":    "\uff10\uff18\uff11\uff18\uff10\uff14",
		"NUL":          "081804\x00",
		"other":        "081805",
	} {
		if step, ok := totp.Verify(secret, code, at, 0); ok || step != 0 {
			t.Errorf("%s: %d, %t", name, step, ok)
		}
	}
	if _, ok := totp.Verify(secret, "081804", at, 0); !ok {
		t.Error("the right code is refused")
	}
}

func TestMalformedSecrets(t *testing.T) {
	t.Parallel()
	at := time.Unix(59, 0)
	for name, bad := range map[string]string{
		"empty":      "",
		"padded":     secret[:26] + "======",
		"lower case": strings.ToLower(secret),
		"digit 1":    strings.Replace(secret, "G", "1", 1),
		"space":      secret[:16] + " " + secret[16:],
		"120 bits":   secret[:24],
	} {
		if code, err := totp.Code(bad, at); !errors.Is(err, totp.ErrSecret) || code != "" {
			t.Errorf("%s: %q, %v", name, code, err)
		} else if strings.Contains(err.Error(), "GEZD") {
			t.Errorf("%s: the error tells the secret: %v", name, err)
		}
		// 328482 is what an empty key gives for step 0.
		for _, code := range []string{"287082", "328482"} {
			if _, ok := totp.Verify(bad, code, at, 0); ok {
				t.Errorf("%s: %s accepted", name, code)
			}
		}
	}
}

func TestBefore1970(t *testing.T) {
	t.Parallel()
	for _, at := range []time.Time{{}, time.Unix(-1, 0), time.Unix(-31, 0)} {
		if code, err := totp.Code(secret, at); !errors.Is(err, totp.ErrTime) || code != "" {
			t.Errorf("%v: %q, %v", at, code, err)
		}
		if _, ok := totp.Verify(secret, "755224", at, -1<<63); ok {
			t.Errorf("%v: accepted", at)
		}
	}
	// The first step has none before it.
	if step, ok := totp.Verify(secret, "755224", time.Unix(0, 0), -1); !ok || step != 0 {
		t.Errorf("step 0: %d, %t", step, ok)
	}
}

func TestNewSecret(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[A-Z2-7]{52}$`)
	seen := map[string]bool{}
	for range 100 {
		s, err := totp.NewSecret(rand.Reader)
		if err != nil || !form.MatchString(s) || seen[s] {
			t.Fatalf("%q, %v", s, err)
		}
		seen[s] = true
		if raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(s); err != nil || len(raw) != 32 {
			t.Errorf("%q: %d bytes, %v", s, len(raw), err)
		}
		code, err := totp.Code(s, time.Unix(59, 0))
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := totp.Verify(s, code, time.Unix(59, 0), 0); !ok {
			t.Errorf("%q: its code is refused", s)
		}
	}
	if s, err := totp.NewSecret(iotest.ErrReader(errors.New("no entropy"))); err == nil || s != "" {
		t.Errorf("%q, %v", s, err)
	}
}

// FuzzVerify accepts only what Code gives for the step that it names.
func FuzzVerify(f *testing.F) {
	f.Add(secret, "287082", int64(59), int64(0))
	f.Add(secret, "081804", int64(1111111109), int64(37037036))
	f.Add(secret, "755224", int64(0), int64(-1))
	f.Add(secret, "755224", int64(-30), int64(-1))
	f.Add("", "328482", int64(1), int64(-1))
	f.Add(strings.ToLower(secret), "٢٨٧٠٨٢", int64(59), int64(1<<62))
	f.Fuzz(func(t *testing.T, secret, code string, unix, lastUsed int64) {
		at := time.Unix(unix, 0)
		step, ok := totp.Verify(secret, code, at, lastUsed)
		if !ok {
			if step != 0 {
				t.Errorf("refused with step %d", step)
			}
			own, err := totp.Code(secret, at)
			if err == nil && own == code && unix/30 > lastUsed {
				t.Error("the code of the time itself is refused")
			}
			return
		}
		want, err := totp.Code(secret, time.Unix(step*30, 0))
		if err != nil || code != want || step <= lastUsed || step < unix/30-1 || step > unix/30+1 {
			t.Errorf("%q accepted as step %d at %d: %q, %v", code, step, unix, want, err)
		}
		if _, again := totp.Verify(secret, code, at, step); again {
			t.Error("accepted twice")
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	at := time.Unix(59, 0)
	for b.Loop() {
		if _, ok := totp.Verify(secret, "287082", at, 0); !ok {
			b.Fatal("refused")
		}
	}
}
