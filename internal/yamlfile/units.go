package yamlfile

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/goccy/go-yaml/ast"
)

const (
	durationExamples = "90s, 15m, 1h30m or 30d"
	sizeExamples     = "512B, 64KiB or 10MiB"
	rateExamples     = "20/1m or 100/s"

	// durationPattern is what parseDuration reads, roughly.
	durationPattern = `^(\d+d)?(\d+(\.\d+)?(h|m|s|ms|us|µs|ns))*$`
)

// Duration returns a duration with its unit, such as 90s, 15m, 1h30m or 30d. Only 0 may
// have no unit.
func (v *Value) Duration() (time.Duration, bool) {
	s, zero, ok := v.measured("a duration such as "+durationExamples, durationExamples)
	if !ok || zero {
		return 0, ok
	}
	d, err := parseDuration(s)
	if err != nil {
		v.Fault("%q %v", s, err)
	}
	return d, err == nil
}

// Size returns a number of bytes with its unit: B, KiB, MiB or GiB. Only 0 may have no
// unit.
func (v *Value) Size() (int64, bool) {
	s, zero, ok := v.measured("a size such as "+sizeExamples, sizeExamples)
	if !ok || zero {
		return 0, ok
	}
	n, err := parseSize(s)
	if err != nil {
		v.Fault("%q %v", s, err)
	}
	return n, err == nil
}

// measured returns the text of a number with a unit. zero is true for 0 without a unit;
// another number without a unit is a fault, since the unit would be a guess.
func (v *Value) measured(want, examples string) (s string, zero, ok bool) {
	if n, number := v.node.(*ast.IntegerNode); number {
		zero = fmt.Sprint(n.Value) == "0"
		if !zero {
			v.Fault("has no unit; give one, such as %s", examples)
		}
		return "", zero, zero
	}
	s, ok = textOf(v.node)
	if !ok {
		v.wrongKind(want)
	}
	return s, false, ok
}

var (
	days = regexp.MustCompile(`^(\d{1,6})d(.*)$`)

	errDuration = errors.New("is not a duration such as " + durationExamples)
	errTooLong  = errors.New("is too long")
)

// maxDays keeps a number of days within a time.Duration.
const maxDays = 100_000

// parseDuration is time.ParseDuration, with days of 24 hours before the rest.
func parseDuration(s string) (time.Duration, error) {
	var total time.Duration
	if found := days.FindStringSubmatch(s); found != nil {
		n, err := strconv.Atoi(found[1])
		if err != nil {
			return 0, errDuration
		}
		total, s = time.Duration(n)*24*time.Hour, found[2]
		if n > maxDays {
			return 0, errTooLong
		}
		if s == "" {
			return total, nil
		}
		if s[0] < '0' || s[0] > '9' {
			return 0, errDuration
		}
	}
	rest, err := time.ParseDuration(s)
	if err != nil {
		return 0, errDuration
	}
	if total+rest < total && rest > 0 {
		return 0, errTooLong
	}
	return total + rest, nil
}

var (
	size = regexp.MustCompile(`^(\d{1,19})(B|KiB|MiB|GiB)$`)

	errSize     = errors.New("is not a size such as " + sizeExamples)
	errTooLarge = errors.New("is too large")
)

func parseSize(s string) (int64, error) {
	found := size.FindStringSubmatch(s)
	if found == nil {
		return 0, errSize
	}
	shift := map[string]int{"B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[found[2]]
	n, err := strconv.ParseInt(found[1], 10, 64)
	if err != nil || n > math.MaxInt64>>shift {
		return 0, errTooLarge
	}
	return n << shift, nil
}

// A Frequency is a number of events in a time. Its zero value is none at all.
type Frequency struct {
	Count int           // at least 1
	Per   time.Duration // positive
}

// String is the frequency as a file writes it.
func (f Frequency) String() string { return fmt.Sprintf("%d/%v", f.Count, f.Per) }

var (
	rate = regexp.MustCompile(`^([1-9]\d{0,8})/(\d.*|s|m|h|d)$`)

	errRate = errors.New("is not a rate such as " + rateExamples)
)

// Rate returns a number of events in a time, such as 20/1m or 100/s.
func (v *Value) Rate() (Frequency, bool) {
	s, ok := v.Text()
	if !ok {
		return Frequency{}, false
	}
	f, err := parseRate(s)
	if err != nil {
		v.Fault("%q %v", s, err)
	}
	return f, err == nil
}

func parseRate(s string) (Frequency, error) {
	found := rate.FindStringSubmatch(s)
	if found == nil {
		return Frequency{}, errRate
	}
	count, err := strconv.Atoi(found[1])
	if err != nil {
		return Frequency{}, errRate
	}
	per := found[2]
	if len(per) == 1 {
		per = "1" + per
	}
	d, err := parseDuration(per)
	if err != nil || d <= 0 {
		return Frequency{}, errRate
	}
	return Frequency{count, d}, nil
}
