package cognito

import (
	"math"
	"unsafe"

	"github.com/maypok86/otter/v2"
)

// DefaultCacheBytes is the size limit of the verified-token cache, in bytes, if Config
// sets none. It has room for about ten thousand tokens of one kilobyte. The cache counts
// three kilobytes for each of them, and each uses about two and a half kilobytes of memory.
const DefaultCacheBytes = 32 << 20

// A cache keeps what verified tokens say, so that a client which sends the same
// token for an hour costs one signature check. It holds nothing that was refused,
// and nothing in it is trusted beyond what a signature proves: a hit stands every
// other check again. The nil cache is always empty.
type cache struct {
	entries *otter.Cache[string, entry]
}

// An entry is a token and what it says.
type entry struct {
	raw     string
	payload *payload
}

// newCache returns a cache of at most so many bytes.
func newCache(bytes int) (*cache, error) {
	entries, err := otter.New(&otter.Options[string, entry]{
		MaximumWeight: uint64(max(bytes, 0)),
		Weigher:       func(_ string, e entry) uint32 { return e.weight() },
		// Upkeep is done by whoever inserts, so that no goroutine outlives a call.
		Executor: func(task func()) { task() },
	})
	//mutate:ignore the options are never faulty
	if err != nil {
		return nil, err
	}
	return &cache{entries}, nil
}

// keyLength is how much of a token's end names it in the cache: 258 bits of its
// signature, which no two tokens share. Hashing all of a token would cost as much as
// the rest of a hit.
const keyLength = 43

func cacheKey(raw string) string { return raw[max(0, len(raw)-keyLength):] }

// lookup returns the payload of a token that was verified before, nil where there
// are none. It compares the whole token: the end of one proves nothing about the
// rest.
func (c *cache) lookup(raw string) *payload {
	if c == nil {
		return nil
	}
	e, ok := c.entries.GetIfPresent(cacheKey(raw))
	if !ok || e.raw != raw {
		return nil
	}
	return e.payload
}

// keep adds a token that stood every check. raw is kept and must be a copy.
func (c *cache) keep(raw string, t *payload) {
	if c != nil {
		c.entries.Set(cacheKey(raw), entry{raw, t})
	}
}

// drop removes a token, to be verified from the start when it comes again.
func (c *cache) drop(raw string) {
	//mutate:ignore never: a token that stays is looked up, refused and replaced
	if c != nil {
		c.entries.Invalidate(cacheKey(raw))
	}
}

// entryOverhead is what the cache itself takes for an entry, in bytes: its node, its
// place in the table and in the queues.
const entryOverhead = 200

// poolSize is what a resolved pool and its keys take, in bytes. A token in the cache
// keeps its pool in memory, though that may have made room elsewhere; in the worst case
// it is the only one to do so.
const poolSize = 3400

// weight returns the memory that e holds, in bytes, a little more than less.
func (e entry) weight() uint32 {
	const text, identity = unsafe.Sizeof(""), unsafe.Sizeof(Identity{})
	t := e.payload
	size := unsafe.Sizeof(payload{}) + entryOverhead
	size += uintptr(len(e.raw) + 2*(len(t.header)+len(t.json))) // twice, for strings with escapes
	size += text * uintptr(cap(t.audiences)+cap(t.scopes)+cap(t.groups)+cap(t.roles)+cap(t.amr))
	size += identity * uintptr(cap(t.identities))
	if t.issuer != nil && t.issuer.resolved != nil {
		size += poolSize
	}
	return uint32(min(size, math.MaxUint32))
}
