package inspector

import (
	"fmt"
	"time"
)

// lastYear is the end of the last year with four digits. A token can have a later one.
var lastYear = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)

// stamp writes a time for reading.
func stamp(t time.Time) string {
	if t = t.UTC(); t.Before(lastYear) {
		return t.Format("2 January 2006, 15:04:05") + " UTC"
	}
	return fmt.Sprintf("in the year %d", t.Year())
}

// shortStamp writes a time for the drawing, in widestStamp characters at most.
func shortStamp(t time.Time) string {
	if t = t.UTC(); t.Before(lastYear) {
		return t.Format("2 Jan 2006, 15:04:05")
	}
	return fmt.Sprintf("year %d", t.Year())
}
