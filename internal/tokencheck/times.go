package tokencheck

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// times reads --leeway and --at.
func (r *reader) times() {
	if text := r.Leeway; text != "" {
		leeway, err := time.ParseDuration(text)
		if err != nil && durationForm.MatchString(text) {
			r.spoil("leeway", "--leeway is too long: at most 2562047h")
		} else if err != nil {
			r.spoil("leeway", "--leeway must be a duration with its unit, such as 30s or 2m")
		} else if leeway < 0 {
			r.spoil("leeway", "--leeway is negative (%s)", leeway)
		}
		r.policy.Leeway = leeway
	}
	if text := r.At; text != "" {
		at, err := parseTime(text)
		if err != nil {
			r.spoil("at", "--at %v", err)
		}
		r.policy.At = at
	}
}

// durationForm is that of [time.ParseDuration], which does not tell a duration that
// it cannot hold from what is none.
var durationForm = regexp.MustCompile(`^[-+]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`)

// latest is the last time that a token can name, in Unix seconds.
const latest = 1 << 53

// parseTime reads a time as people write it or as a token has it, which a fraction
// may be part of.
func parseTime(text string) (time.Time, error) {
	if strings.Trim(text, "0123456789.") == "" {
		seconds, err := strconv.ParseFloat(text, 64)
		if err != nil || seconds > latest {
			return time.Time{}, errors.New("is not a number of seconds from 0 to 2^53")
		}
		whole := int64(seconds)
		return time.Unix(whole, int64((seconds-float64(whole))*1e9)).UTC(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, errors.New("must be like 2026-01-31T09:00:00Z, or in Unix seconds")
	}
	return t.UTC(), nil
}
