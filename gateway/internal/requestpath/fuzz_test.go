package requestpath_test

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

// FuzzParse holds that no reading of an accepted path changes when a server cleans it, decodes
// it once more or parses it as a URL.
func FuzzParse(f *testing.F) {
	for _, targets := range refused {
		for _, target := range targets {
			f.Add(target)
		}
	}
	for _, target := range []string{"/", "/a/b?c", "/a%2fb;c/%c3%a9", "/100%25", "/a;x%2fy/b", "/%41%7e", "/a/%2f%3b"} {
		f.Add(target)
	}
	f.Fuzz(func(t *testing.T, target string) {
		p, err := requestpath.Parse(target)
		if err != nil {
			if p != (requestpath.Path{}) {
				t.Errorf("%q: %q with an error", target, p)
			}
			return
		}
		raw, _, _ := strings.Cut(target, "?")
		decoded, err := url.PathUnescape(raw)
		readings := p.Readings()
		if err != nil || readings[0] != p.String() || requestpath.Unescape(readings[0]) != decoded {
			t.Fatalf("%q: %q is not %q, %v", target, readings, decoded, err)
		}
		if wantClass(raw, decoded) != p.Class() {
			t.Errorf("%q: class %v, want %v", target, p.Class(), wantClass(raw, decoded))
		}
		for _, reading := range readings {
			if !utf8.ValidString(reading) || strings.ContainsAny(reading, "\\#\x00\r\n\t\x7f") {
				t.Errorf("%q: %q", target, reading)
			}
			if cleaned := path.Clean(reading); cleaned != reading && cleaned+"/" != reading {
				t.Errorf("%q: %q is cleaned to %q", target, reading, cleaned)
			}
			text := requestpath.Unescape(reading)
			if again, err := url.PathUnescape(text); err == nil && again != text {
				t.Errorf("%q: %q is decoded to %q", target, text, again)
			}
		}
		if !slices.Contains(readings, requestpath.Unescape(readings[0])) {
			t.Errorf("%q: %q lack the decoded reading", target, readings)
		}
	})
}

// wantClass writes the classes a second time.
func wantClass(raw, decoded string) (class requestpath.Class) {
	if strings.Contains(strings.ToLower(raw), "%2f") {
		class |= slash
	}
	if strings.Contains(decoded, ";") {
		class |= semicolon
	}
	if strings.ContainsFunc(decoded, func(r rune) bool { return r >= 0x80 }) {
		class |= nonASCII
	}
	return class
}
