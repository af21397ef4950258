// Package chart draws bar charts as SVG: plain, legible on light and dark grounds, and the
// same bytes for the same numbers. It knows nothing of what the bars are about.
package chart
