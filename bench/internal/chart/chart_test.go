package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/bench/internal/chart"
)

func TestSVG(t *testing.T) {
	c := chart.Chart{
		Title: "a < b", Caption: "make it",
		Groups: []chart.Group{{"heading", []chart.Bar{
			{Name: "one & only", Value: 4, Label: "4 µs", Own: true},
			{Name: "half", Value: 2, Label: "2 µs", Reference: true},
			{Name: "other", Value: 0.001, Label: "less"},
		}}},
	}
	svg := c.SVG()
	if svg != c.SVG() {
		t.Error("the same numbers give other bytes")
	}
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
	}
	for _, want := range []string{"a &lt; b", "one &amp; only", `width="460"`, `width="1"`, `x1="430"`, "make it"} {
		if !strings.Contains(svg, want) {
			t.Errorf("without %s:\n%s", want, svg)
		}
	}
}

func TestEmptyChart(t *testing.T) {
	if svg := (chart.Chart{}).SVG(); strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
		t.Error(svg)
	}
}
