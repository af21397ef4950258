package srp_test

import (
	"errors"
	"testing"
	"time"

	"github.com/poolguard/poolguard/userpool/internal/srp"
)

func TestParseTimestamp(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Time{
		"Tue Feb 3 04:05:06 UTC 2026":  time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC),
		"Sat Nov 28 23:59:59 UTC 2026": time.Date(2026, 11, 28, 23, 59, 59, 0, time.UTC),
		"Thu Feb 29 00:00:00 UTC 2024": time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC),
		"Thu Jan 1 00:00:00 UTC 1970":  time.Unix(0, 0),
	} {
		got, err := srp.ParseTimestamp(s)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q: %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{
		"",
		"Tue Feb 03 04:05:06 UTC 2026",
		"Tue Feb  3 04:05:06 UTC 2026",
		"Mon Feb 3 04:05:06 UTC 2026",
		"tue feb 3 04:05:06 utc 2026",
		"Tue Feb 3 4:05:06 UTC 2026",
		"Tue Feb 3 04:05:06.5 UTC 2026",
		"Tue Feb 3 04:05:60 UTC 2026",
		"Tue Feb 3 24:05:06 UTC 2026",
		"Tue Feb 3 04:05:06 GMT 2026",
		"Tue Feb 3 04:05:06 +0000 2026",
		"Tue Feb 3 04:05:06 UTC 26",
		"Tue Feb 3 04:05:06 UTC 02026",
		"Sun Feb 30 04:05:06 UTC 2025",
		"Tuesday February 3 04:05:06 UTC 2026",
		" Tue Feb 3 04:05:06 UTC 2026",
		"Tue Feb 3 04:05:06 UTC 2026\n",
		"2026-02-03T04:05:06Z",
	} {
		if got, err := srp.ParseTimestamp(s); !errors.Is(err, srp.ErrTimestamp) || !got.IsZero() {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
}
