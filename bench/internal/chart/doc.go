// Package chart draws bar charts as SVG. A chart is legible on light and dark backgrounds,
// and the same numbers give the same bytes. The package does not know what the bars mean.
package chart
