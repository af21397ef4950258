package main

import (
	"cmp"
	"os"
	"slices"

	"github.com/poolguard/poolguard/bench/internal/chart"
	"github.com/poolguard/poolguard/bench/internal/tokens"
)

// titles are how the chart calls contenders; others have their own name, and "" leaves one
// out that is but another setting of a peer.
var titles = map[string]string{
	poolguard:                 "Poolguard",
	floor:                     "RSA alone (crypto/rsa)",
	"golang-jwt":              "golang-jwt v5",
	"golang-jwt-map":          "",
	"go-jose":                 "go-jose v4",
	"go-oidc":                 "go-oidc v3",
	"jwx":                     "jwx v3",
	"cap":                     "hashicorp/cap",
	"aws-jwt-verify":          "aws-jwt-verify (Node)",
	"fast-jwt":                "fast-jwt (Node)",
	"fast-jwt-cache":          "fast-jwt, cache (Node)",
	"fast-jwt-cache-by-token": "",
	"jose-npm":                "jose (Node)",
}

// caches are the contenders that keep what they verified, whose warm tokens are worth a
// bar: those of the others take what cold ones do.
var caches = []string{poolguard, "fast-jwt-cache"}

// draw writes the chart.
func (r *results) draw(path string) error {
	coldKind, warmKind := cold(tokens.Typical), warm(tokens.Typical)
	var never, seen []chart.Bar
	for _, c := range r.stage.contenders {
		title, renamed := titles[c.name]
		if !renamed {
			title = c.name
		}
		isCache := slices.Contains(caches, c.name)
		if title != "" && (!isCache || c.name == poolguard) {
			never = append(never, bar(title, c.name, r.nanoseconds(c.name, coldKind)))
		}
		if isCache {
			seen = append(seen, bar(title, c.name, r.nanoseconds(c.name, warmKind)))
		}
	}
	for _, bars := range [][]chart.Bar{never, seen} {
		slices.SortStableFunc(bars, func(a, b chart.Bar) int { return cmp.Compare(a.Value, b.Value) })
	}
	svg := chart.Chart{
		Title:   "Verifying one access token of 1 KB on one core: less is better",
		Caption: "make bench-verify",
		Groups: []chart.Group{
			{Heading: "A token that was never seen", Bars: never},
			{Heading: "The same token again, where there is a cache", Bars: seen},
		},
	}.SVG()
	return os.WriteFile(path, []byte(svg), 0o644) //nolint:gosec // G306: a picture of the documentation, for all to read
}

func bar(title, name string, nanoseconds float64) chart.Bar {
	return chart.Bar{Name: title, Value: nanoseconds, Label: micro(nanoseconds) + " µs", Own: name == poolguard, Reference: name == floor}
}
