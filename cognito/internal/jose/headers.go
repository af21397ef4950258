package jose

import (
	"hash/maphash"
	"sync/atomic"
)

// A headerMemory holds headers that were read and found good, by their encoded text.
// Whatever somebody sends to displace them costs the next token one reading. The zero
// headerMemory is empty; it is safe for concurrent use.
type headerMemory [8]atomic.Pointer[knownHeader]

// A knownHeader is what a header says. It is immutable.
type knownHeader struct {
	encoded, text, algorithm, keyID string
}

var headerSeed = maphash.MakeSeed()

func (m *headerMemory) slot(encoded string) *atomic.Pointer[knownHeader] {
	return &m[maphash.String(headerSeed, encoded)%uint64(len(m))]
}

// recall returns what a header with exactly this encoded text says, nil where that
// is not known.
func (m *headerMemory) recall(encoded string) *knownHeader {
	if h := m.slot(encoded).Load(); h != nil && h.encoded == encoded {
		return h
	}
	return nil
}

// remember keeps a header that was read without an error. Long ones are not those of
// a user pool.
func (m *headerMemory) remember(h *knownHeader) {
	const longest = 512
	if len(h.encoded) <= longest {
		m.slot(h.encoded).Store(h)
	}
}
