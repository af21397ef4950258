package inspector

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/timewords"
)

// A moment is a time of the token, or the time of the check.
type moment struct {
	At    time.Time
	Label string // "issued"
	Claim string // "iat", "" for now
	Words string // "42 minutes ago", "" for now
}

// name is the label in the drawing: "issued (iat)".
func (m *moment) name() string {
	if m.Claim == "" {
		return m.Label
	}
	return m.Label + " (" + m.Claim + ")"
}

// A timeline is the times of a token, as text and as drawings.
type timeline struct {
	Moments  []moment // from the earliest to the latest
	Missing  []string // claims that give no time
	Drawings []drawing
	Scale    bool // distances are in proportion
}

func newTimeline(r *cognito.Report) *timeline {
	now := r.Now.Truncate(time.Second)
	t := &timeline{}
	add := func(at time.Time, claim, past, ahead string) {
		if at.IsZero() {
			if claim != "nbf" { // which Cognito's tokens never have
				t.Missing = append(t.Missing, claim)
			}
			return
		}
		m := moment{At: at, Claim: claim, Label: past, Words: timewords.Relative(at, r.Now)}
		if r.Now.Before(at) {
			m.Label = ahead
		}
		t.Moments = append(t.Moments, m)
	}
	add(r.AuthTime, "auth_time", "signed in", "signs in")
	add(r.IssuedAt, "iat", "issued", "issued")
	add(r.NotBefore, "nbf", "valid from", "valid from")
	add(r.ExpiresAt, "exp", "expired", "expires")
	// It follows the moments of the same second.
	t.Moments = append(t.Moments, moment{At: now, Label: "now"})
	slices.SortStableFunc(t.Moments, func(a, b moment) int { return cmp.Compare(a.At.Unix(), b.At.Unix()) })
	points := merge(t.Moments)
	for _, size := range []struct {
		class string
		width int
	}{{"wide", 680}, {"narrow", 320}} {
		d := draw(points, size.width)
		d.Class, d.Desc, t.Scale = size.class, t.description(), d.scale
		life(&d, points, r)
		t.Drawings = append(t.Drawings, d)
	}
	return t
}

// description describes the drawing in words.
func (t *timeline) description() string {
	parts := make([]string, len(t.Moments))
	for n, m := range t.Moments {
		parts[n] = m.name() + " " + stamp(m.At)
	}
	return "From the earliest to the latest: " + strings.Join(parts, "; ") + "."
}

// A point is a second on the line, with all that happens in it.
type point struct {
	second int64
	names  []string
	time   string
	now    bool
}

// merge makes one point of moments in the same second, since their labels would overlap.
func merge(moments []moment) []point {
	var points []point
	for _, m := range moments {
		if n := len(points) - 1; n < 0 || points[n].second != m.At.Unix() {
			points = append(points, point{second: m.At.Unix(), time: shortStamp(m.At)})
		}
		last := &points[len(points)-1]
		last.names = append(last.names, m.name())
		last.now = last.now || m.Claim == ""
	}
	return points
}

// leastShare is the least share of the line between two points. A line with a smaller
// share is not drawn to scale, and then each gap has this share at least.
const leastShare = 0.07

// places returns the positions of the points on a line from 0 to 1, and whether they are
// to scale. A token of one hour whose sign-in was weeks ago would be a dot at the end of
// the line. The gaps are then drawn by the logarithm of their length.
func places(points []point) (at []float64, scale bool) {
	at = make([]float64, len(points))
	if len(points) < 2 {
		return at, true
	}
	gaps := make([]float64, len(points)-1)
	total, least := 0.0, math.Inf(1)
	for n := range gaps {
		gaps[n] = float64(points[n+1].second) - float64(points[n].second)
		total, least = total+gaps[n], min(least, gaps[n])
	}
	scale = least/total >= leastShare
	if !scale {
		total = 0
		for n, gap := range gaps {
			gaps[n] = math.Log1p(gap)
			total += gaps[n]
		}
	}
	for n, gap := range gaps {
		share := gap / total
		if !scale {
			share = leastShare + share*(1-leastShare*float64(len(gaps)))
		}
		at[n+1] = at[n] + share
	}
	return at, scale
}

// life marks the time in which the token is valid.
func life(d *drawing, points []point, r *cognito.Report) {
	from, to := r.IssuedAt, r.ExpiresAt
	if !r.NotBefore.IsZero() {
		from = r.NotBefore
	}
	x := func(t time.Time) int {
		return d.marks[slices.IndexFunc(points, func(p point) bool { return p.second == t.Unix() })]
	}
	if from.IsZero() || to.Unix() <= from.Unix() {
		return
	}
	d.Life = &bar{X: x(from), End: x(to), Over: !r.Now.Before(to)}
}

// gapWords is the length of a gap, in short words for the drawing.
func gapWords(seconds int64) string {
	words := timewords.Span(seconds)
	for _, unit := range [...][2]string{{"second", "s"}, {"minute", "min"}, {"hour", "h"}} {
		words = strings.NewReplacer(unit[0]+"s", unit[1], unit[0], unit[1]).Replace(words)
	}
	return words
}

// missingWords names the claims without a time.
func missingWords(claims []string) string {
	if len(claims) == 0 {
		return ""
	}
	verb := "gives"
	if len(claims) > 1 {
		verb = "give"
	}
	return fmt.Sprintf("%s %s no time: absent, or not a number of seconds.", strings.Join(claims, ", "), verb)
}
