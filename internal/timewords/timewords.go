package timewords

import (
	"fmt"
	"time"
)

// Relative returns in words how far t is from now: "in 42 minutes", "3 days ago". Up to ten
// minutes it rounds towards now, so a time that is "in 1 minute" is not earlier. Above ten
// minutes it rounds to the nearest minute: one second after it is issued, a token that is
// valid for an hour has 60 minutes left.
func Relative(t, now time.Time) string {
	// time.Sub stops at 292 years, and tokens may have later times.
	seconds := t.Unix() - now.Unix()
	nanoseconds := t.Nanosecond() - now.Nanosecond()
	switch {
	case seconds > 0 && nanoseconds < 0:
		seconds--
	case seconds < 0 && nanoseconds > 0:
		seconds++
	}
	switch {
	case seconds == 0:
		return "just now"
	case seconds < 0:
		return Span(-seconds) + " ago"
	}
	return "in " + Span(seconds)
}

// Span returns a positive number of seconds in words: hours with their minutes, and days,
// months or years without smaller units.
func Span(seconds int64) string {
	const minute, hour, day = 60, 60 * 60, 24 * 60 * 60
	if seconds > 10*minute && seconds < day {
		seconds = (seconds + minute/2) / minute * minute
	}
	switch {
	case seconds < minute:
		return count(seconds, "second")
	case seconds < hour:
		return count(seconds/minute, "minute")
	case seconds < day && seconds%hour >= minute:
		return count(seconds/hour, "hour") + " " + count(seconds%hour/minute, "minute")
	case seconds < day:
		return count(seconds/hour, "hour")
	case seconds < 60*day:
		return count(seconds/day, "day")
	case seconds < 2*365*day:
		return count(seconds/(30*day), "month")
	}
	return count(seconds/(365*day), "year")
}

func count(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
