package keyset

import (
	"fmt"
	"time"
)

// A Fetch describes one fetch of a key set, or one reading of its copy, for
// RemoteConfig.Fetched.
type Fetch struct {
	// URL is the address of the key set.
	URL string

	// StartedAt and Duration are by RemoteConfig.Clock.
	StartedAt time.Time
	Duration  time.Duration

	// StatusCode is the HTTP status of the answer, 0 without an answer.
	StatusCode int

	// Err is the reason why this fetch gave no key set. It is nil if it gave one.
	Err error

	// Keys is the number of usable keys in the fetched set, 0 if Err is not nil.
	Keys int

	// Copy is true if the set was read from RemoteConfig.CopyFile, with no request to
	// the address.
	Copy bool

	// SetFetchedAt is the time at which the set in use was fetched. If Err is not nil,
	// that is an earlier set. It is zero if no set was fetched yet: no set is in use, or
	// the one of RemoteConfig.Seed.
	SetFetchedAt time.Time
}

// report says what came of a fetch.
func (f *fetched) report(started, ended time.Time) Fetch {
	report := Fetch{StartedAt: started, Duration: ended.Sub(started), StatusCode: f.status}
	if f.err != nil {
		report.StatusCode, report.Err = f.err.status, f.err
	} else {
		report.Keys = len(f.set.keys)
	}
	return report
}

// complete adds the address and the set in use to f.
func (r *Remote) complete(f Fetch) Fetch {
	f.URL = r.url
	r.state.mu.Lock()
	defer r.state.mu.Unlock()
	if !r.state.seeded {
		f.SetFetchedAt = r.state.fetchedAt
	}
	return f
}

// reportAll calls RemoteConfig.Fetched, if it is set, with each of the fetches, also after
// a call that panicked or ended the goroutine.
func (r *Remote) reportAll(fetches []Fetch) {
	if r.fetched == nil || len(fetches) == 0 {
		return
	}
	defer r.reportAll(fetches[1:])
	defer func() {
		// No caller is there to recover it, and its value may hold anything.
		if p := recover(); p != nil {
			r.log.Warn("RemoteConfig.Fetched panicked", "type", fmt.Sprintf("%T", p))
		}
	}()
	r.fetched(fetches[0])
}
