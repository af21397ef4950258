package telemetry

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/poolguard/poolguard/cognito"
)

const (
	useCount     = 3 // unknown, access, id
	booleanCount = 2
)

// A Table has one value for each combination of code, kind of token and cache hit. It is safe for
// concurrent use.
//
// A metrics system takes longer to find a series by its labels than the verifier takes to find a
// token in its cache. A Table keeps what was found.
type Table[T any] struct {
	places []atomic.Pointer[T]
}

func newTable[T any]() *Table[T] {
	return &Table[T]{places: make([]atomic.Pointer[T], len(codes)*useCount*booleanCount)}
}

// Get returns the value for verifications such as v. It calls create where there is none yet.
// Concurrent callers may call it more than once for the same place: it must return equal values.
func (t *Table[T]) Get(v cognito.Verification, create func() T) T {
	place := &t.places[(codePlace(v.Code)*useCount+usePlace(v.TokenUse))*booleanCount+booleanPlace(v.CacheHit)]
	if found := place.Load(); found != nil {
		return *found
	}
	created := create()
	place.Store(&created)
	return created
}

// Tables has a [Table] for each user pool, for a limited number of pools. It is safe for
// concurrent use.
type Tables[T any] struct {
	unnamed   *Table[T] // where no pool is named, or pools are not told apart
	others    *Table[T] // pools over the limit
	otherName string
	most      int
	byPool    atomic.Pointer[map[string]*Table[T]] // the map is replaced, never written to
	changing  sync.Mutex                           // held to replace the map
}

// NewTables returns tables that tell the first most pools apart. All other pools share one table
// and are called otherName. With 0, all verifications share one table.
func NewTables[T any](most int, otherName string) *Tables[T] {
	t := &Tables[T]{unnamed: newTable[T](), others: newTable[T](), otherName: otherName, most: most}
	t.byPool.Store(&map[string]*Table[T]{})
	return t
}

// Of returns the table of a user pool and the name of the pool for a label. The name is "" if
// pool is "" or if pools have no label.
func (t *Tables[T]) Of(pool string) (table *Table[T], name string) {
	if t.most == 0 || pool == "" {
		return t.unnamed, ""
	}
	tables := *t.byPool.Load()
	if found := tables[pool]; found != nil {
		return found, pool
	}
	if len(tables) < t.most {
		if added := t.add(pool); added != nil {
			return added, pool
		}
	}
	return t.others, t.otherName
}

// add returns the table of a pool that may be new, or nil where the limit is reached.
func (t *Tables[T]) add(pool string) *Table[T] {
	t.changing.Lock()
	defer t.changing.Unlock()
	tables := *t.byPool.Load()
	if found := tables[pool]; found != nil || len(tables) >= t.most {
		return found
	}
	grown := maps.Clone(tables)
	grown[pool] = newTable[T]()
	t.byPool.Store(&grown)
	return grown[pool]
}
