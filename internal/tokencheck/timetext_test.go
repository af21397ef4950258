package tokencheck

import (
	"testing"

	"github.com/poolguard/poolguard/internal/report"
)

func TestTimesAreReadAsPeopleAndTokensWriteThem(t *testing.T) {
	for text, want := range map[string]string{
		"0":                         "1970-01-01T00:00:00Z",
		"1769850000":                "2026-01-31T09:00:00Z",
		"1769850000.25":             "2026-01-31T09:00:00.25Z",
		"2026-01-31T09:00:00Z":      "2026-01-31T09:00:00Z",
		"2026-01-31T10:00:00+01:00": "2026-01-31T09:00:00Z",
		"2026-01-31T09:00:00.5Z":    "2026-01-31T09:00:00.5Z",
	} {
		got, err := parseTime(text)
		if err != nil || report.Timestamp(got) != want {
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
