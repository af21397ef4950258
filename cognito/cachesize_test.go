package cognito

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// TestCacheMillionEntries puts a million distinct entries through the way in, and
// prints what one costs. Under the race detector, which is slow here, it is a tenth: still many
// times what the cache holds.
func TestCacheMillionEntries(t *testing.T) {
	const bound = 8 << 20
	entries := 1_000_000
	if UnderRace {
		entries /= 10
	}
	c, err := newCache(bound)
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.Repeat("t", 1000)
	text := strings.Repeat("p", 600)
	put := func(from, to int) {
		for n := from; n < to; n++ {
			all := raw + strconv.Itoa(n) + text // in one piece, as real ones are
			at := len(all) - len(text)
			c.keep(all[:at], &payload{json: all[at:], scopes: []string{"a", "b"}})
		}
	}
	empty := heapInUse()
	put(0, 20_000)
	full := heapInUse()
	put(20_000, entries)
	end := heapInUse()
	kept := c.entries.EstimatedSize()
	t.Logf("%d entries, %d bytes each by weight, %d by the heap", kept, c.entries.WeightedSize()/uint64(kept), (end-empty)/kept)
	if end-empty > bound*11/10 {
		t.Errorf("the heap holds %d bytes for the cache, the bound is %d", end-empty, bound)
	}
	if end-full > bound/10 {
		t.Errorf("the heap grew by %d bytes after the cache was full", end-full)
	}
	runtime.KeepAlive(c)
}

func heapInUse() int {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int(stats.HeapAlloc)
}

// TestRefusedIsNotKept: only what stood every check is in the cache, however well it
// is signed.
func TestRefusedIsNotKept(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	keys, err := keyset.NewStatic([]byte(`{"keys":[{"kty":"RSA","kid":"k","n":"` + encode(key.N.Bytes()) + `","e":"AQAB"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	v, err := New(Config{UserPools: []UserPool{{ID: "us-east-1_AbCdEfGhI", ClientIDs: []string{"c"}, Issuer: "https://i.example", KeySet: keys}}})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(claims string) string {
		input := encode([]byte(`{"alg":"RS256","kid":"k"}`)) + "." + encode([]byte(`{"iss":"https://i.example","token_use":"access",`+claims+"}"))
		digest := sha256.Sum256([]byte(input))
		signature, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
		if err != nil {
			t.Fatal(err)
		}
		return input + "." + encode(signature)
	}
	good := sign(`"client_id":"c","exp":9e9,"scope":"a"`)
	for _, raw := range []string{
		"", "a.b.c", "....", strings.Repeat("x", DefaultMaxTokenBytes+1), good + "AA",
		sign(`"client_id":"c","exp":1`), sign(`"client_id":"other","exp":9e9,"scope":"a"`), sign(`"client_id":"c","exp":9e9,"scope":"b"`),
	} {
		if _, err := v.VerifyAccessToken(t.Context(), raw, RequireScopes("a")); err == nil {
			t.Errorf("%.10q was accepted", raw)
		}
	}
	if n := v.cache.entries.EstimatedSize(); n != 0 {
		t.Errorf("%d refused tokens were kept", n)
	}
	if _, err := v.VerifyAccessToken(t.Context(), good, RequireScopes("a")); err != nil || v.cache.entries.EstimatedSize() != 1 {
		t.Errorf("the good one is not kept: %v", err)
	}
}

// TestListsWeighWhatTheyTake: a token may have thousands of groups of a letter each,
// which take more memory than its text.
func TestListsWeighWhatTheyTake(t *testing.T) {
	empty := entry{payload: &payload{}}.weight()
	texts, list := uint32(100*unsafe.Sizeof("")), make([]string, 10, 100)
	for name, test := range map[string]struct {
		payload payload
		size    uint32
	}{
		"audiences": {payload{audiences: list}, texts}, "scopes": {payload{scopes: list}, texts}, "groups": {payload{groups: list}, texts},
		"roles": {payload{roles: list}, texts}, "amr": {payload{amr: list}, texts},
		"identities": {payload{identities: make([]Identity, 1, 100)}, uint32(100 * unsafe.Sizeof(Identity{}))},
	} {
		if got := (entry{payload: &test.payload}).weight() - empty; got < test.size {
			t.Errorf("%s weigh %d, and take %d", name, got, test.size)
		}
	}
}
