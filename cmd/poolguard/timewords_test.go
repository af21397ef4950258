package main

import (
	"testing"
	"time"
)

func TestRelative(t *testing.T) {
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
		latest - 1769850000:  "in 285616358 years",
		-1769850000:          "56 years ago",
		300 * 365 * day:      "in 300 years",
		1769850000 * 1000000: "in 56121575 years",
	} {
		if got := relative(time.Unix(now.Unix()+seconds, 0), now); got != want {
			t.Errorf("%d seconds: got %q, want %q", seconds, got, want)
		}
	}
}

// A part of a second is not there yet, in both directions.
func TestRelativeCutsOff(t *testing.T) {
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
		if got := relative(now.Add(d), now); got != want {
			t.Errorf("%v: got %q, want %q", d, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"0":                         "1970-01-01T00:00:00Z",
		"1769850000":                "2026-01-31T09:00:00Z",
		"1769850000.25":             "2026-01-31T09:00:00.25Z",
		"2026-01-31T09:00:00Z":      "2026-01-31T09:00:00Z",
		"2026-01-31T10:00:00+01:00": "2026-01-31T09:00:00Z",
		"2026-01-31T09:00:00.5Z":    "2026-01-31T09:00:00.5Z",
	} {
		got, err := parseTime(text)
		if err != nil || timestamp(got) != want {
			t.Errorf("%q: got %v, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", ".", "-1", "1e9", "inf", "NaN", "0x1p3", "1_000", "1.2.3", "9007199254740993.5", "99999999999999999999",
		"2026-01-31", "2026-01-31T09:00:00", "2026-01-31 09:00:00Z", "2026-02-30T09:00:00Z", "now", " 1"} {
		if got, err := parseTime(text); err == nil {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
}

func TestTimestamp(t *testing.T) {
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{time.Time{}, ""},
		{time.Unix(0, 0), "1970-01-01T00:00:00Z"},
		{time.Unix(1769850000, 99999904), "2026-01-31T09:00:00.1Z"}, // 0.1 as a float64 has it
		{time.Unix(1769850000, 400), "2026-01-31T09:00:00Z"},
		{time.Unix(253402300799, 0), "9999-12-31T23:59:59Z"},
		{time.Unix(253402300800, 0), ""},
		{time.Unix(latest, 0), ""},
	} {
		if got := timestamp(test.at); got != test.want {
			t.Errorf("%v: got %q, want %q", test.at, got, test.want)
		}
	}
	if got := stampOf(time.Unix(latest, 0)); got != "9007199254740992 seconds after 1970" {
		t.Errorf("got %q", got)
	}
}
