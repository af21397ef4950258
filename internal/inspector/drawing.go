package inspector

import "slices"

// A drawing is a time line that the template writes as SVG, in whole units. A unit is
// about one pixel, so that text has its usual size. There is one drawing for wide windows
// and one for phones.
//
// Labels do not overlap, and no label covers the leader of another. The labels of the
// left half are above the line, to the right of their leaders. The labels of the right
// half are below the line, to the left of their leaders. So the leader of a point that is
// further out never crosses a label that is further in.
type drawing struct {
	Class         string
	Desc          string
	Width, Height int
	Left, Right   int // of the line
	Y             int // of the line
	Marks         []mark
	Gaps          []words
	Life          *bar

	marks []int // X of the points
	scale bool
}

// A mark is a point with its label.
type mark struct {
	X, Y   int
	Now    bool
	Leader int // Y of its far end
	Anchor string
	Lines  []words
}

// words are a line of text at its base.
type words struct {
	X, Y int
	Text string
	Time bool // and no name
}

// A bar is a part of the line.
type bar struct {
	X, End int
	Over   bool
}

// Sizes, in units. charWidth is the average width of a letter in a wide, bold font. The
// server cannot measure the fonts of browsers.
const (
	charWidth  = 7
	lineHeight = 16
	margin     = 10 // at the ends of the line
	reach      = 30 // from the line to the nearest label; the words of gaps are between
	indent     = 6  // from a leader to its label
	apart      = 8  // between labels and between rows
)

// A flag is a label that is being placed.
type flag struct {
	point, width, height, row int
}

func draw(points []point, width int) drawing {
	at, scale := places(points)
	d := drawing{Width: width, Left: margin, Right: width - margin, scale: scale}
	d.marks = make([]int, len(points))
	var above, below []flag
	for n, p := range points {
		d.marks[n] = margin + int(at[n]*float64(width-2*margin))
		if len(points) == 1 {
			d.marks[n] = width / 2
		}
		f := flag{point: n, width: flagWidth(p), height: lineHeight * (len(p.names) + 1)}
		if d.marks[n] <= width/2 {
			above = append(above, f)
		} else {
			below = append(below, f)
		}
	}
	// The nearest rows go to the points that are furthest in.
	slices.Reverse(above)
	up, down := d.stack(above), d.stack(below)
	d.Y = reach + total(up)
	d.Height = d.Y + reach + total(down)
	d.Marks = make([]mark, len(points))
	for _, f := range above {
		bottom := d.Y - reach - total(up[:f.row])
		d.Marks[f.point] = d.mark(points[f.point], f, bottom-f.height, bottom-f.height, "start", indent)
	}
	for _, f := range below {
		top := d.Y + reach + total(down[:f.row])
		d.Marks[f.point] = d.mark(points[f.point], f, top, top+f.height, "end", -indent)
	}
	d.gaps(points)
	return d
}

// flagWidth is the greatest width of the label of a point.
func flagWidth(p point) int {
	longest := len(p.time)
	for _, name := range p.names {
		longest = max(longest, len(name))
	}
	return indent + charWidth*longest
}

// stack gives each label of one side, those furthest in first, the nearest row from
// which on it meets neither the label before in a row nor, further out, the leader of
// that label. It returns the heights of the rows.
func (d *drawing) stack(flags []flag) (heights []int) {
	var leaders []int // X of that of the last label in each row
	for n := range flags {
		f := &flags[n]
		x := d.marks[f.point]
		f.row = len(leaders)
		for f.row > 0 && max(leaders[f.row-1]-x, x-leaders[f.row-1]) >= f.width+apart {
			f.row--
		}
		if f.row == len(leaders) {
			leaders, heights = append(leaders, x), append(heights, 0)
		}
		leaders[f.row], heights[f.row] = x, max(heights[f.row], f.height+apart)
	}
	return heights
}

func total(heights []int) int {
	sum := 0
	for _, h := range heights {
		sum += h
	}
	return sum
}

func (d *drawing) mark(p point, f flag, top, leader int, anchor string, offset int) mark {
	m := mark{X: d.marks[f.point], Y: d.Y, Now: p.now, Leader: leader, Anchor: anchor}
	const base = 12 // of a line's text, from its top
	for n, text := range append(p.names[:len(p.names):len(p.names)], p.time) {
		m.Lines = append(m.Lines, words{m.X + offset, top + base + n*lineHeight, text, n == len(p.names)})
	}
	return m
}

// gaps writes the time from one point to the next, where there is room.
func (d *drawing) gaps(points []point) {
	for n := 1; n < len(points); n++ {
		text := gapWords(points[n].second - points[n-1].second)
		from, to := d.marks[n-1], d.marks[n]
		if to-from >= charWidth*len(text)+2*apart {
			d.Gaps = append(d.Gaps, words{X: (from + to) / 2, Y: d.Y - apart - 4, Text: text})
		}
	}
}
