package chart

import (
	"fmt"
	"html"
	"math"
	"strings"
)

// A Bar is one value. Own ones are those that the chart is about.
type Bar struct {
	Name  string
	Value float64
	Label string // after the bar; what the value is in words
	Own   bool
	// Reference draws a dashed line at the value through the other bars of the group.
	Reference bool
}

// A Group is bars under a heading. The groups of a chart share one scale.
type Group struct {
	Heading string
	Bars    []Bar
}

// A Chart is groups of bars between a title and a caption.
type Chart struct {
	Title, Caption string
	Groups         []Group
}

// Measures in pixels.
const (
	width     = 760
	margin    = 20
	left      = 200 // where bars begin
	right     = 100 // for the label of the longest
	barHeight = 18
	pitch     = 26 // from bar to bar
)

// Neutral colours that stand out from white and from black alike, and better ones where it
// is known which of them it is.
const style = `<style>
text{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#3d444d}
.title{font-size:16px;font-weight:600}.heading{font-weight:600}.caption{fill:#767e87;font-size:12px}
.bar{fill:#9aa4af}.bar.reference{fill:#c4cbd3}.bar.own{fill:#1f7a4d}.line{stroke:#3d444d;stroke-dasharray:3 4}
text.own{font-weight:600;fill:#1f7a4d}text.reference{fill:#3d444d;font-style:italic}
@media (prefers-color-scheme:dark){text,text.reference{fill:#d1d7e0}.caption{fill:#9198a1}
.bar{fill:#656c76}.bar.reference{fill:#444c56}.bar.own,text.own{fill:#3fb27f}.line{stroke:#d1d7e0}}
</style>
`

// SVG draws the chart.
func (c Chart) SVG() string {
	var b strings.Builder
	y := float64(margin + 16)
	text(&b, "title", margin, y, c.Title)
	scale := (width - left - right) / c.largest()
	y += 14
	for _, group := range c.Groups {
		y += 24
		text(&b, "heading", margin, y, group.Heading)
		y = group.draw(&b, y+12, scale)
	}
	y += 24
	text(&b, "caption", margin, y, c.Caption)
	height := y + margin - 4
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%s" viewBox="0 0 %d %s" role="img" aria-label="%s">`+"\n%s%s</svg>\n",
		width, pixels(height), width, pixels(height), html.EscapeString(c.Title), style, b.String())
}

// draw writes the bars from y downwards and returns where they end.
func (g Group) draw(b *strings.Builder, y, scale float64) (end float64) {
	end = y + float64(pitch*len(g.Bars))
	line := "" // above all bars
	for _, bar := range g.Bars {
		class := ""
		switch {
		case bar.Own:
			class = " own"
		case bar.Reference:
			class = " reference"
		}
		middle := y + barHeight - 5
		textEnd(b, "name"+class, left-10, middle, bar.Name)
		length := math.Max(bar.Value*scale, 1)
		fmt.Fprintf(b, `<rect class="bar%s" x="%d" y="%s" width="%s" height="%d"/>`+"\n", class, left, pixels(y), pixels(length), barHeight)
		text(b, "label"+class, left+length+8, middle, bar.Label)
		y += pitch
		if bar.Reference {
			x := pixels(left + length)
			line = fmt.Sprintf(`<line class="line" x1="%s" x2="%s" y1="%s" y2="%s"/>`+"\n", x, x, pixels(y-pitch+barHeight), pixels(end-pitch+barHeight))
		}
	}
	b.WriteString(line)
	return end
}

func (c Chart) largest() float64 {
	largest := math.SmallestNonzeroFloat64
	for _, group := range c.Groups {
		for _, bar := range group.Bars {
			largest = math.Max(largest, bar.Value)
		}
	}
	return largest
}

func text(b *strings.Builder, class string, x, y float64, s string) {
	fmt.Fprintf(b, `<text class="%s" x="%s" y="%s">%s</text>`+"\n", class, pixels(x), pixels(y), html.EscapeString(s))
}

func textEnd(b *strings.Builder, class string, x, y float64, s string) {
	fmt.Fprintf(b, `<text class="%s" x="%s" y="%s" text-anchor="end">%s</text>`+"\n", class, pixels(x), pixels(y), html.EscapeString(s))
}

// pixels writes a length to a tenth.
func pixels(x float64) string { return strings.TrimSuffix(fmt.Sprintf("%.1f", x), ".0") }
