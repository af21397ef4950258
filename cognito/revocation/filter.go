package revocation

import (
	"hash/maphash"
	"sync/atomic"
)

// A filter finds, without a lock, names that are certainly not in the list. It is a Bloom
// filter. Each name has three bits in one word, so a lookup reads one word. Bits are only
// ever set. Names that were removed stay in it until the list replaces the filter.
type filter struct {
	words []atomic.Uint64 // a power of two of them
	last  uint64          // index of the last one
	room  int             // how many names may still be added; guarded by List.mu
}

// With at most four names for each word, some 4 in 1,000 of the names that are not in
// the list look as if they were, and cost a lock and a lookup.
const (
	namesPerWord = 4
	fewestWords  = 8
	bitsOfWord   = 6 // log2(64)
	bitsOfName   = 3
)

// newFilter returns one that has n names to begin with and room for as many again, at
// the least.
func newFilter(n int) *filter {
	words := fewestWords
	for words*namesPerWord < 2*n {
		words *= 2
	}
	return &filter{words: make([]atomic.Uint64, words), last: uint64(words) - 1, room: words * namesPerWord}
}

// split returns the word of a hash and its bits in there.
func (f *filter) split(hash uint64) (word *atomic.Uint64, mask uint64) {
	for range bitsOfName {
		mask |= 1 << (hash % 64)
		hash >>= bitsOfWord
	}
	return &f.words[hash&f.last], mask
}

func (f *filter) add(hash uint64) {
	word, mask := f.split(hash)
	word.Or(mask)
	f.room--
}

func (f *filter) mayHave(hash uint64) bool {
	word, mask := f.split(hash)
	return word.Load()&mask == mask
}

// hash returns the hash of a name. The kind and a secret of the list are part of it, so
// an attacker cannot choose names that collide.
func (l *List) hash(k kind, id string) uint64 {
	const odd = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio: its multiples differ in all bits
	return maphash.String(l.seed, id) ^ uint64(k)*odd
}
