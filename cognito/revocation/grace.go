package revocation

import (
	"container/heap"
	"time"
)

// graceAfterEnd is the time for which an entry is kept after the list has noticed its
// end. It is measured by the monotonic clock of the process. The wall clock decides
// whether an entry is in force, and that clock can be wrong for a while: a machine that
// wakes up with the wrong year is corrected within minutes. Entries that seemed to have
// ended must then still be there.
const graceAfterEnd = time.Hour

// An ending is a record that seems to have ended, since that time.
type ending struct {
	*record
	noticed time.Time // with its monotonic reading
}

// endings are records in the order in which their end was noticed. An element is obsolete
// if its record has left since: the record has another time then, or none.
type endings struct {
	queue []ending
	size  int // without obsolete elements
}

// push adds a record that left the heap.
func (e *endings) push(r *record, now time.Time) {
	r.noticed = now
	e.queue = append(e.queue, ending{r, now})
	e.size++
}

// remove makes the element of r obsolete.
func (e *endings) remove(r *record) {
	r.noticed = time.Time{}
	e.size--
}

// first returns the record whose end was noticed first, or nil.
func (e *endings) first() *record {
	for len(e.queue) > 0 {
		if first := e.queue[0]; first.record.noticed.Equal(first.noticed) {
			return first.record
		}
		//mutate:ignore removed: it lets the record be freed
		e.queue[0] = ending{}
		e.queue = e.queue[1:]
	}
	return nil
}

// sweep moves entries that have ended out of the way of new ones, and removes them when
// their grace period is over. now is the list's time. The caller holds mu.
func (l *List) sweep(now time.Time) {
	// More than one, so that all ended entries are removed in time. Not all of them, since
	// lookups would wait.
	const most = 16
	noticed := time.Now()
	for range most {
		if len(l.ends) == 0 || !l.passed(l.ends[0], now) {
			break
		}
		r, _ := heap.Pop(&l.ends).(*record)
		l.past.push(r, noticed)
	}
	for range 2 * most {
		r := l.past.first()
		// Entries in their grace period have room for as many as may be in force.
		if r == nil || (noticed.Sub(r.noticed) < graceAfterEnd && l.past.size <= l.max) {
			return
		}
		l.past.remove(r)
		if l.ended(r, now) {
			delete(l.records, r.key)
		} else {
			heap.Push(&l.ends, r) // the clock was set back, or forward to the right time
		}
	}
}

// prolong gives a record a later end. The caller holds mu.
func (l *List) prolong(r *record, until time.Time) {
	r.until = until
	if r.noticed.IsZero() {
		heap.Fix(&l.ends, r.place)
		return
	}
	l.past.remove(r)
	heap.Push(&l.ends, r)
}
