package report

import (
	"fmt"
	"time"
)

// lastYear ends with the last second that RFC 3339 can write. A token can name later
// times.
var lastYear = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)

// Timestamp writes a time in UTC by RFC 3339. It returns "" for the zero time and for
// one that RFC 3339 cannot write. The times of a token are floating-point numbers, which
// are exact to microseconds near the present.
func Timestamp(t time.Time) string {
	t = t.UTC().Round(time.Microsecond)
	if t.IsZero() || !t.Before(lastYear) {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

// Stamp is Timestamp for people. It also writes a time that RFC 3339 cannot write.
func Stamp(t time.Time) string {
	if s := Timestamp(t); s != "" {
		return s
	}
	return fmt.Sprintf("%d seconds after 1970", t.Unix())
}
