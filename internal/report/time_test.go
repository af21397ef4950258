package report

import (
	"testing"
	"time"
)

func TestTimestampIsRFC3339(t *testing.T) {
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
		{time.Unix(1<<53, 0), ""},
	} {
		if got := Timestamp(test.at); got != test.want {
			t.Errorf("%v: got %q, want %q", test.at, got, test.want)
		}
	}
	if got := Stamp(time.Unix(1<<53, 0)); got != "9007199254740992 seconds after 1970" {
		t.Errorf("got %q", got)
	}
}
