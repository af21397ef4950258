package requestpath

import (
	"slices"
	"strings"
)

// Readings returns the texts that servers may find in the path, without repetitions. The
// first one is [Path.String]. In the others, an escaped slash separates segments, the path
// parameters of each segment are removed, or both. None has a segment . or .., so none
// changes when a server resolves those.
func (p Path) Readings() []string {
	readings := []string{p.text}
	add := func(text string) {
		if !slices.Contains(readings, text) {
			readings = append(readings, text)
		}
	}
	if p.class.Has(EncodedSlash) {
		add(decodeSlashes(p.text))
	}
	if p.class.Has(Semicolon) {
		for _, text := range slices.Clone(readings) {
			add(removeParameters(text))
		}
		// First the parameters, then the slashes.
		add(decodeSlashes(removeParameters(p.text)))
	}
	return readings
}

func decodeSlashes(text string) string { return strings.ReplaceAll(text, encodedSlash, "/") }

// removeParameters removes from each segment the first semicolon and all that follows it.
func removeParameters(text string) string {
	segments := strings.Split(text, "/")
	for n, segment := range segments {
		segments[n], _, _ = strings.Cut(segment, ";")
	}
	return strings.Join(segments, "/")
}

// Unescape returns the value of a part of a path's text, such as a segment, with the last
// escapes decoded.
func Unescape(part string) string { return decodeSlashes(part) }
