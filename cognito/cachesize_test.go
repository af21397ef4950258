package cognito

import (
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestCacheMillionEntries puts a million distinct entries through the way in, and
// prints what one costs.
func TestCacheMillionEntries(t *testing.T) {
	const bound = 8 << 20
	c, err := newCache(bound)
	if err != nil {
		t.Fatal(err)
	}
	raw := strings.Repeat("t", 1000)
	payload := strings.Repeat("p", 600)
	put := func(from, to int) {
		for n := from; n < to; n++ {
			all := raw + strconv.Itoa(n) + payload // in one piece, as real ones are
			at := len(all) - len(payload)
			c.keep(all[:at], &contents{payload: all[at:], scopes: []string{"a", "b"}})
		}
	}
	empty := heapInUse()
	put(0, 20_000)
	full := heapInUse()
	put(20_000, 1_000_000)
	end := heapInUse()
	entries := c.entries.EstimatedSize()
	t.Logf("%d entries, %d bytes each by weight, %d by the heap", entries, c.entries.WeightedSize()/uint64(entries), (end-empty)/entries)
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

// TestRefusedIsNotKept: only what stood every check is in the cache.
func TestRefusedIsNotKept(t *testing.T) {
	v := &Verifier{now: time.Now, maxBytes: DefaultMaxTokenBytes}
	if err := v.addCache(1 << 20); err != nil {
		t.Fatal(err)
	}
	for _, raw := range []string{"", "a.b.c", "....", strings.Repeat("x", DefaultMaxTokenBytes+1)} {
		if _, err := v.verify(t.Context(), raw, "", nil); err == nil {
			t.Errorf("%.10q was accepted", raw)
		}
	}
	if n := v.cache.entries.EstimatedSize(); n != 0 {
		t.Errorf("%d refused tokens were kept", n)
	}
}
