package keyset

import "time"

// A Fetch describes one fetch, or the reading of a copy, for RemoteConfig.Fetched.
type Fetch struct {
	// URL is the address.
	URL string

	// StartedAt and Duration say when it was, by the clock that was configured.
	StartedAt time.Time
	Duration  time.Duration

	// StatusCode is that of the answer, 0 where there was none.
	StatusCode int

	// Err says why no set was had; nil: one was.
	Err error

	// Keys is how many usable keys the set has that was had.
	Keys int

	// Copy is whether RemoteConfig.CopyFile was read, and the address not asked.
	Copy bool

	// SetFetchedAt is when the set was fetched from which keys are handed out now, this
	// one or, where Err is not nil, an earlier one. It is zero where there is none.
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

// report calls RemoteConfig.Fetched, if it is set.
func (r *Remote) report(f Fetch) {
	if r.fetched == nil {
		return
	}
	f.URL = r.url
	r.state.mu.Lock()
	f.SetFetchedAt = r.state.fetchedAt
	r.state.mu.Unlock()
	r.fetched(f)
}
