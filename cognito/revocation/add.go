package revocation

import (
	"container/heap"
	"errors"
	"strings"
	"time"
)

// ErrFull is the error of a list that holds [ListConfig.MaxEntries] entries in force. The
// list never drops a revocation for a new one. The caller must revoke by other means, or
// restart with a larger list.
var ErrFull = errors.New("revocation: the list is full")

// ErrEnded is the error for an entry that has already ended. It is harmless for entries
// that are read from a store, and a mistake for all others. The list keeps such an entry
// for an hour all the same: if the clock is ahead and is set back, the entry is in force.
var ErrEnded = errors.New("revocation: the entry has ended before it was added")

type kind uint8

const (
	kindToken kind = iota + 1
	kindSignIn
	kindSubject
)

var kinds = [...]Kind{kindToken: KindToken, kindSignIn: KindSignIn, kindSubject: KindSubject}

type key struct {
	kind kind
	pool string
	id   string
}

// A record is an entry in the list.
type record struct {
	key
	before, until time.Time
	least         time.Time // not ended before, with its monotonic reading; zero: no such time
	place         int       // in List.ends
	noticed       time.Time // when its end was noticed; zero: it is in List.ends, else in List.past
}

// entry returns the record as an entry at the list's time now.
func (r *record) entry(now time.Time) Entry {
	e := Entry{Kind: kinds[r.kind], UserPool: r.pool, ID: r.id, Before: r.before, Until: r.until}
	// If the clock was behind when the entry was added, its end is not right.
	if !r.least.IsZero() && !now.Before(r.until) {
		e.Until = now.Add(time.Until(r.least))
	}
	return e
}

// Add adds a revocation. It is in force when Add returns. If the list has an entry for
// the same name, that entry can only become longer and wider: it gets the later Until and
// the later Before. So entries may be added twice and in any order. The error is an
// [*EntryError], [ErrEnded] or [ErrFull].
//
// Each call removes a few entries that have ended, an hour after the list noticed their
// end at the earliest. That hour is measured by the monotonic clock of the process, so a
// wall clock that jumps forward and back undoes no revocation. The list needs no other
// upkeep.
func (l *List) Add(e Entry) error {
	if l == nil || l.now == nil {
		return errNotMade
	}
	return l.add(e, time.Time{})
}

// add is Add with a time before which the entry does not end, zero for none. That time has
// its monotonic reading.
func (l *List) add(e Entry, least time.Time) error {
	k, err := e.check()
	if err != nil {
		return err
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.records[k]
	if r != nil {
		l.widen(r, e, least)
	} else if r, err = l.insert(k, e, least, now); err != nil {
		return err
	}
	if l.ended(r, now) {
		return ErrEnded
	}
	return nil
}

// insert adds a record. The caller holds mu.
func (l *List) insert(k key, e Entry, least, now time.Time) (*record, error) {
	// A copy: the name may be a piece of a token, and would hold all of it.
	k.pool, k.id = strings.Clone(k.pool), strings.Clone(k.id)
	r := &record{key: k, before: e.Before, until: e.Until, least: least}
	ended := l.passed(r, now)
	if ended {
		// It is not dropped: the clock may be ahead. It takes no room of entries in force.
		l.past.push(r, time.Now())
	}
	l.sweep(now)
	if !ended {
		if len(l.ends) >= l.max {
			return nil, ErrFull
		}
		heap.Push(&l.ends, r)
	}
	l.records[k] = r
	// The filter comes last: a name in the filter always has its record.
	l.addToFilter(k)
	return r, nil
}

// widen adds e to the record of the same name. The caller holds mu.
func (l *List) widen(r *record, e Entry, least time.Time) {
	if e.Before.After(r.before) {
		r.before = e.Before
	}
	if least.After(r.least) {
		r.least = least
	}
	if e.Until.After(r.until) {
		l.prolong(r, e.Until)
	}
}

// addToFilter adds the name of a new record. The caller holds mu.
func (l *List) addToFilter(k key) {
	f := l.filter.Load()
	//mutate:ignore never: it saves the time for a new filter, and that one has the name too
	if f.room > 0 {
		f.add(l.hash(k.kind, k.id))
		return
	}
	// Publish the new one only when it has every name.
	f = newFilter(len(l.records))
	for _, r := range l.records {
		f.add(l.hash(r.kind, r.id))
	}
	l.filter.Store(f)
}

// byEnd is a heap: the record that ends first is in front.
type byEnd []*record

func (b byEnd) Len() int           { return len(b) }
func (b byEnd) Less(i, j int) bool { return b[i].until.Before(b[j].until) }
func (b byEnd) Swap(i, j int) {
	b[i], b[j] = b[j], b[i]
	b[i].place, b[j].place = i, j
}

// Push implements heap.Interface.
func (b *byEnd) Push(x any) {
	r, _ := x.(*record)
	r.place = len(*b)
	*b = append(*b, r)
}

// Pop implements heap.Interface.
func (b *byEnd) Pop() any {
	last := len(*b) - 1
	r := (*b)[last]
	(*b)[last] = nil
	*b = (*b)[:last]
	return r
}
