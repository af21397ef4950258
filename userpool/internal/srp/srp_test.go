package srp_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/poolguard/poolguard/userpool/internal/srp"
)

const (
	pool      = "AbCdEf123"
	user      = "alice"
	password  = "correct horse 🔋"
	timestamp = "Tue Feb 3 04:05:06 UTC 2026"
)

var secretBlock = []byte("any bytes: \x00\xff\n")

func newVerifier(t testing.TB) srp.Verifier {
	t.Helper()
	v, err := srp.NewVerifier(rand.Reader, pool, user, password)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func begin(t testing.TB, v srp.Verifier, clientA string) srp.Handshake {
	t.Helper()
	h, err := srp.Begin(rand.Reader, v, clientA)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestRoundTrip is random enough to meet every padding: about one number of two
// has its top bit set, one of sixteen an odd number of digits.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	runs := 100
	if testing.Short() {
		runs = 40
	}
	for i := range runs {
		salt := make([]byte, 16)
		rand.Read(salt)
		// Zeros in front, where a number and a byte string would part.
		clear(salt[:i%4])
		name, secret := rand.Text()[:i%20], rand.Text()[:i%23]
		v, err := srp.NewVerifier(bytes.NewReader(salt), pool, name, secret)
		if err != nil {
			t.Fatal(err)
		}
		c := newClient(t, pool, name, secret)
		h := begin(t, v, c.publicA())
		if !h.Proves(pool, name, secretBlock, timestamp, c.signature(h.B, h.Salt, secretBlock)) {
			t.Errorf("refused: salt %s, A %s, B %s, user %q, password %q", h.Salt, c.publicA(), h.B, name, secret)
		}
	}
}

func TestHandshakeOutlivesStorage(t *testing.T) {
	t.Parallel()
	v := restored(t, newVerifier(t))
	if !v.Matches(pool, user, password) {
		t.Error("the stored verifier does not match")
	}
	c := newClient(t, pool, user, password)
	h := restored(t, begin(t, v, c.publicA()))
	if !h.Proves(pool, user, secretBlock, timestamp, c.signature(h.B, h.Salt, secretBlock)) {
		t.Error("the stored handshake is not proved")
	}
}

func restored[T any](t *testing.T, value T) T {
	t.Helper()
	stored, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	var back T
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(value, back); diff != "" {
		t.Errorf("%T (-made +read):\n%s", value, diff)
	}
	return back
}

func TestProvesRefuses(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	c := newClient(t, pool, user, password)
	h := begin(t, v, c.publicA())
	signature := func(c client) string { return c.signature(h.B, h.Salt, secretBlock) }
	good := signature(c)
	if !h.Proves(pool, user, secretBlock, timestamp, good) {
		t.Fatal("the right proof is refused")
	}
	with := func(change func(*client)) client {
		changed := c
		change(&changed)
		return changed
	}
	raw, err := base64.StdEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	emptyKey := base64.StdEncoding.EncodeToString(sign(nil, []byte(pool), []byte(user), secretBlock, []byte(timestamp)))

	for name, refused := range map[string]bool{
		"wrong password":    h.Proves(pool, user, secretBlock, timestamp, signature(with(func(c *client) { c.password = "Correct horse 🔋" }))),
		"no password":       h.Proves(pool, user, secretBlock, timestamp, signature(with(func(c *client) { c.password = "" }))),
		"client's user":     h.Proves(pool, user, secretBlock, timestamp, signature(with(func(c *client) { c.user = "bob" }))),
		"client's pool":     h.Proves(pool, user, secretBlock, timestamp, signature(with(func(c *client) { c.pool = "us-east-1_" + pool }))),
		"another exponent":  h.Proves(pool, user, secretBlock, timestamp, signature(newClient(t, pool, user, password))),
		"another handshake": begin(t, v, c.publicA()).Proves(pool, user, secretBlock, timestamp, good),
		"server's user":     h.Proves(pool, "bob", secretBlock, timestamp, good),
		"server's pool":     h.Proves("Other", user, secretBlock, timestamp, good),
		"secret block":      h.Proves(pool, user, append([]byte("x"), secretBlock...), timestamp, good),
		"no secret block":   h.Proves(pool, user, nil, timestamp, good),
		"timestamp":         h.Proves(pool, user, secretBlock, "Tue Feb 3 04:05:07 UTC 2026", good),
		"no signature":      h.Proves(pool, user, secretBlock, timestamp, ""),
		"line break":        h.Proves(pool, user, secretBlock, timestamp, good+"\n"),
		"no padding":        h.Proves(pool, user, secretBlock, timestamp, strings.TrimRight(good, "=")),
		"truncated":         h.Proves(pool, user, secretBlock, timestamp, base64.StdEncoding.EncodeToString(raw[:31])),
		"zero handshake":    srp.Handshake{}.Proves(pool, user, secretBlock, timestamp, emptyKey),
		"short key":         srp.Handshake{Key: h.Key[:15]}.Proves(pool, user, secretBlock, timestamp, good),
	} {
		if refused {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestMatches(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	if !v.Matches(pool, user, password) {
		t.Error("the right password does not match")
	}
	short, long := v, v
	short.V, long.V = v.V[1:], append([]byte{0}, v.V...)
	for name, matched := range map[string]bool{
		"password":   v.Matches(pool, user, password+" "),
		"none":       v.Matches(pool, user, ""),
		"user":       v.Matches(pool, "bob", password),
		"pool":       v.Matches("us-east-1_"+pool, user, password),
		"zero value": srp.Verifier{}.Matches("", "", ""),
		"no V":       srp.Verifier{Salt: v.Salt}.Matches(pool, user, password),
		"no salt":    srp.Verifier{V: v.V}.Matches(pool, user, password),
		"short V":    short.Matches(pool, user, password),
		"long V":     long.Matches(pool, user, password),
	} {
		if matched {
			t.Errorf("%s: matches", name)
		}
	}
}

func TestBeginRefusesPublicValues(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	n := modulus.Text(16)
	shift := func(by int64) string { return new(big.Int).Add(modulus, big.NewInt(by)).Text(16) }
	for _, a := range []string{
		"", "0", "00", strings.Repeat("0", 770),
		n, strings.ToUpper(n), "00" + n, shift(1), new(big.Int).Lsh(modulus, 1).Text(16),
		strings.Repeat("0", 770) + "1", strings.Repeat("f", 768), strings.Repeat("f", 1<<20),
		"-1", "+1", "0x1", "1_0", " 1", "1 ", "1\n", "g", "١", "1\x00",
	} {
		if h, err := srp.Begin(rand.Reader, v, a); !errors.Is(err, srp.ErrPublicValue) || h.Key != nil {
			t.Errorf("%.40q (%d digits): %v", a, len(a), err)
		} else if len(err.Error()) > 120 {
			t.Errorf("%.40q: the error repeats it: %.200v", a, err)
		}
	}
	for _, a := range []string{"1", "0001", "aB", shift(-1), "00" + shift(-1), strings.Repeat("0", 769) + "1"} {
		if _, err := srp.Begin(rand.Reader, v, a); err != nil {
			t.Errorf("%.40q: %v", a, err)
		}
	}
}

func TestBeginRefusesVerifiers(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	for name, bad := range map[string]srp.Verifier{
		"zero value": {},
		"no salt":    {V: v.V},
		"no V":       {Salt: v.Salt},
		"V = 0":      {Salt: v.Salt, V: make([]byte, 384)},
		"V = N":      {Salt: v.Salt, V: modulus.Bytes()},
		"short V":    {Salt: v.Salt, V: v.V[:383]},
		"long salt":  {Salt: make([]byte, 17), V: v.V},
	} {
		if _, err := srp.Begin(rand.Reader, bad, "2"); !errors.Is(err, srp.ErrVerifier) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRandomFails(t *testing.T) {
	t.Parallel()
	broken := iotest.ErrReader(errors.New("no entropy"))
	if v, err := srp.NewVerifier(broken, pool, user, password); err == nil || v.V != nil {
		t.Errorf("NewVerifier: %v", err)
	}
	_, err := srp.Begin(broken, newVerifier(t), "2")
	if err == nil || errors.Is(err, srp.ErrPublicValue) || errors.Is(err, srp.ErrVerifier) {
		t.Errorf("Begin: %v", err)
	}
}

func TestDecoy(t *testing.T) {
	t.Parallel()
	seed := []byte("a secret of this server's, 32 B.")
	decoy := func(seed []byte, pool, user string) srp.Verifier {
		t.Helper()
		v, err := srp.Decoy(seed, pool, user)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := decoy(seed, "p", "nobody")
	if diff := cmp.Diff(v, decoy(seed, "p", "nobody")); diff != "" {
		t.Errorf("the same name gets another decoy:\n%s", diff)
	}
	for name, other := range map[string]srp.Verifier{
		"user":     decoy(seed, "p", "nobody2"),
		"boundary": decoy(seed, "pn", "obody"),
		"seed":     decoy(append(seed, 0), "p", "nobody"),
	} {
		if bytes.Equal(v.Salt, other.Salt) || bytes.Equal(v.V, other.V) {
			t.Errorf("another %s gets the same decoy", name)
		}
	}
	if got := new(big.Int).SetBytes(v.V); big.Jacobi(got, modulus) != 1 {
		t.Error("the decoy is no power of 2")
	}
	if v.Matches("p", "nobody", "") {
		t.Error("the decoy has a password")
	}
	c := newClient(t, "p", "nobody", "")
	h := begin(t, v, c.publicA())
	if h.Proves("p", "nobody", secretBlock, timestamp, c.signature(h.B, h.Salt, secretBlock)) {
		t.Error("the decoy was proved")
	}
	for _, seed := range [][]byte{nil, make([]byte, 15)} {
		if v, err := srp.Decoy(seed, "p", "nobody"); err == nil || v.V != nil {
			t.Errorf("a seed of %d bytes: %v", len(seed), err)
		}
	}
}

func TestSecretsAreRedacted(t *testing.T) {
	t.Parallel()
	v := newVerifier(t)
	h := begin(t, v, "2")
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("x", "verifier", v, "handshake", h)
	}
	fmt.Fprintf(&log, "%v %+v %#v %s %x %d %v\n", v, h, v, h, v, h, []srp.Verifier{v})
	if got := strings.Count(log.String(), "[redacted]"); got != 11 {
		t.Errorf("%d of 11 are redacted:\n%s", got, &log)
	}
}
