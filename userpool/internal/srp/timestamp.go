package srp

import (
	"errors"
	"time"
)

// timestampLayout is "ddd MMM D HH:mm:ss UTC YYYY", Cognito's own.
const timestampLayout = "Mon Jan 2 15:04:05 UTC 2006"

// ErrTimestamp says that a TIMESTAMP is not of Cognito's form.
var ErrTimestamp = errors.New(`srp: TIMESTAMP is not "ddd MMM D HH:mm:ss UTC YYYY"`)

// ParseTimestamp reads the TIMESTAMP of a PASSWORD_VERIFIER answer, such as "Tue
// Feb 3 04:05:06 UTC 2026": English names, a day without a zero in front, the
// right day of the week, UTC. Anything else is [ErrTimestamp]. How far it may be
// from now is for the caller to say.
func ParseTimestamp(s string) (time.Time, error) {
	t, err := time.Parse(timestampLayout, s)
	// Parse takes names in any case, padded days, fractions of a second and any day
	// of the week. Format writes only what clients do.
	if err != nil || t.Format(timestampLayout) != s {
		return time.Time{}, ErrTimestamp
	}
	return t, nil
}
