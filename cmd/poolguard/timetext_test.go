package main

import (
	"testing"
	"time"
)

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
