package inspector

import (
	"bytes"
	"encoding/xml"
	"errors"
	"html/template"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/poolguard/poolguard/cognito"
)

// A box is the room that something takes in a drawing.
type box struct {
	what                     string
	left, top, right, bottom int
}

func (b box) meets(other box) bool {
	return b.left < other.right && other.left < b.right && b.top < other.bottom && other.top < b.bottom
}

func number(tb testing.TB, e xml.StartElement, name string) int {
	tb.Helper()
	for _, a := range e.Attr {
		if a.Name.Local == name {
			n, err := strconv.Atoi(a.Value)
			if err != nil {
				tb.Errorf("%s of <%s> is %q", name, e.Name.Local, a.Value)
			}
			return n
		}
	}
	tb.Errorf("<%s> has no %s", e.Name.Local, name)
	return 0
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// boxes reads the drawing as the XML that it must be.
func boxes(tb testing.TB, svg []byte) (texts, leaders []box) {
	tb.Helper()
	decoder := xml.NewDecoder(bytes.NewReader(svg))
	var open []box
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return texts, leaders
		}
		if err != nil {
			tb.Fatalf("no XML: %v\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch {
			case token.Name.Local == "text":
				x, y := number(tb, token, "x"), number(tb, token, "y")
				open = append(open, box{attribute(token, "text-anchor"), x, y - 11, x, y + 4})
			case attribute(token, "class") == "leader":
				x, a, b := number(tb, token, "x1"), number(tb, token, "y1"), number(tb, token, "y2")
				leaders = append(leaders, box{"leader", x, min(a, b), x + 1, max(a, b)})
			}
		case xml.CharData:
			if len(open) == 0 {
				continue
			}
			b, width := open[0], charWidth*utf8.RuneCount(token)
			open = nil
			switch b.what {
			case "start":
				b.right += width
			case "end":
				b.left -= width
			case "middle":
				b.left, b.right = b.left-width/2, b.right+width/2
			default:
				tb.Errorf("a text is anchored at %q", b.what)
			}
			b.what = string(token)
			texts = append(texts, b)
		}
	}
}

var drawingTemplate = template.Must(template.ParseFS(pageFiles, "pages/drawing.html"))

// checkTimeline finds what is wrong with the drawings of a report.
func checkTimeline(tb testing.TB, r *cognito.Report) {
	tb.Helper()
	line := newTimeline(r)
	for _, d := range line.Drawings {
		var svg bytes.Buffer
		if err := drawingTemplate.ExecuteTemplate(&svg, "drawing", d); err != nil {
			tb.Fatal(err)
		}
		texts, leaders := boxes(tb, svg.Bytes())
		named := ""
		for n, a := range texts {
			named += a.what + "|"
			if a.left < 0 || a.top < 0 || a.right > d.Width || a.bottom > d.Height {
				tb.Errorf("%s: %q is out of the drawing: %v in %d x %d", d.Class, a.what, a, d.Width, d.Height)
			}
			for _, b := range texts[n+1:] {
				if a.meets(b) {
					tb.Errorf("%s: %q stands on %q", d.Class, a.what, b.what)
				}
			}
			for _, b := range leaders {
				if a.meets(b) {
					tb.Errorf("%s: %q stands on the leader at %d", d.Class, a.what, b.left)
				}
			}
		}
		for _, m := range line.Moments {
			if !strings.Contains(named, m.name()+"|") {
				tb.Errorf("%s: %s is not drawn", d.Class, m.name())
			}
			if !strings.Contains(d.Desc, stamp(m.At)) {
				tb.Errorf("%s: %s is not described", d.Class, m.name())
			}
		}
		if tb.Failed() {
			tb.Fatalf("%+v\n%s", r, svg.String())
		}
	}
}

// report has the times, in seconds; those below 0 are absent.
func report(now, signedIn, issued, notBefore, expires int64) *cognito.Report {
	at := func(seconds int64) time.Time {
		if seconds < 0 {
			return time.Time{}
		}
		return time.Unix(seconds, 0).UTC()
	}
	return &cognito.Report{
		Now: time.Unix(now, 999), AuthTime: at(signedIn), IssuedAt: at(issued), NotBefore: at(notBefore), ExpiresAt: at(expires),
	}
}

func TestTimeline(t *testing.T) {
	t.Parallel()
	const now, hour, day, far = 1_800_000_000, 3600, 86400, 1 << 53
	for _, r := range []*cognito.Report{
		report(now, now, now, -1, now+300),
		report(now, now-20*day, now-60, -1, now+hour-60),
		report(now, now-20*day, now-2*hour, now-2*hour, now-hour),
		report(now, 0, now-1, now, now+1),
		report(now, 0, 0, 0, 0),
		report(now, -1, -1, -1, -1),
		report(now, -1, -1, -1, now),
		report(now, now+1, now+2, now+3, now+4),
		report(now, now-4, now-3, now-2, now-1),
		report(now, far, far-1, far-2, far-3),
		report(now, now, now, -1, 7_258_118_400),
		report(0, far, 0, -1, 1),
		report(-5, 1, 2, 3, 4),
		report(now, now-2*hour, now-hour, -1, now+hour),
		report(now, now, now-hour, now-2*hour, now-3*hour),
	} {
		checkTimeline(t, r)
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		at := func() int64 {
			switch random.IntN(6) {
			case 0:
				return -1
			case 1:
				return random.Int64N(far)
			}
			return now + random.Int64N(1<<random.IntN(31)) - random.Int64N(1<<random.IntN(31))
		}
		checkTimeline(t, report(now, at(), at(), at(), at()))
	}
}

func TestTimelineWords(t *testing.T) {
	t.Parallel()
	const now = 1_800_000_000
	line := newTimeline(report(now, now-20*86400, now-720, -1, now+2880))
	var got []string
	for _, m := range line.Moments {
		got = append(got, m.name()+" "+m.Words)
	}
	const want = "signed in (auth_time) 20 days ago, issued (iat) 12 minutes ago, now , expires (exp) in 48 minutes"
	if s := strings.Join(got, ", "); s != want || line.Scale || line.Drawings[0].Life.Over {
		t.Errorf("%s, to scale %t", s, line.Scale)
	}
	line = newTimeline(report(now, -1, now-7200, -1, now-3600))
	if !line.Scale || !line.Drawings[0].Life.Over || len(line.Missing) != 1 {
		t.Errorf("%+v", line)
	}
	if newTimeline(report(now, now, now, -1, now)).Drawings[0].Life != nil {
		t.Error("a token that was never good has a life")
	}
	for seconds, want := range map[int64]string{1: "1 s", 300: "5 min", 3600: "1 h", 5400: "1 h 30 min", 86400: "1 day", 1728000: "20 days"} {
		if got := gapWords(seconds); got != want {
			t.Errorf("gapWords(%d) = %q", seconds, got)
		}
	}
}

func FuzzTimeline(f *testing.F) {
	f.Add(int64(1_800_000_000), int64(0), int64(1_800_000_000), int64(-1), int64(1<<53))
	f.Fuzz(func(t *testing.T, now, signedIn, issued, notBefore, expires int64) {
		const most = 1 << 53
		checkTimeline(t, report(now%most, signedIn%(most+1), issued%(most+1), notBefore%(most+1), expires%(most+1)))
	})
}
