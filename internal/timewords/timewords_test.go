package timewords

import (
	"testing"
	"time"
)

func TestRelativeTimesAreInWords(t *testing.T) {
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	now := time.Unix(1769850000, 0)
	for seconds, want := range map[int64]string{
		0:                    "just now",
		1:                    "in 1 second",
		-1:                   "1 second ago",
		59:                   "in 59 seconds",
		minute:               "in 1 minute",
		2*minute - 1:         "in 1 minute",
		10*minute - 1:        "in 9 minutes",
		10*minute + 29:       "in 10 minutes",
		10*minute + 30:       "in 11 minutes",
		42*minute + 29:       "in 42 minutes",
		42*minute + 30:       "in 43 minutes",
		-42*minute - 30:      "43 minutes ago",
		hour - 1:             "in 1 hour",
		-hour + 31:           "59 minutes ago",
		2*hour - 1:           "in 2 hours",
		hour:                 "in 1 hour",
		hour + 29:            "in 1 hour",
		hour + 30:            "in 1 hour 1 minute",
		-hour - minute:       "1 hour 1 minute ago",
		23*hour + 17*minute:  "in 23 hours 17 minutes",
		day - 1:              "in 1 day",
		day:                  "in 1 day",
		-59 * day:            "59 days ago",
		60 * day:             "in 2 months",
		729 * day:            "in 24 months",
		-730 * day:           "2 years ago",
		1<<53 - 1769850000:   "in 285616358 years",
		-1769850000:          "56 years ago",
		300 * 365 * day:      "in 300 years",
		1769850000 * 1000000: "in 56121575 years",
	} {
		if got := Relative(time.Unix(now.Unix()+seconds, 0), now); got != want {
			t.Errorf("%d seconds: got %q, want %q", seconds, got, want)
		}
	}
}

// A part of a second does not count, in both directions.
func TestRelativeTimesAreCutOff(t *testing.T) {
	now := time.Unix(1769850000, 500)
	for d, want := range map[time.Duration]string{
		time.Millisecond:                  "just now",
		-time.Millisecond:                 "just now",
		time.Second - time.Nanosecond:     "just now",
		time.Second:                       "in 1 second",
		-time.Second:                      "1 second ago",
		-time.Second + time.Nanosecond:    "just now",
		time.Minute - time.Nanosecond:     "in 59 seconds",
		-2*time.Minute + time.Microsecond: "1 minute ago",
	} {
		if got := Relative(now.Add(d), now); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}
