package route_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
	"github.com/poolguard/poolguard/gateway/internal/route"
)

// FuzzFind compares Find with a search that tries each match in its order. A rule set is a
// text with a match on each line: hosts with commas, methods with commas, a path.
func FuzzFind(f *testing.F) {
	f.Add("*.example.com,a.b GET /a/*\n- - /a/**\n- POST /{x}/b", "x.example.com", "GET", "/a/b")
	f.Add("a.b.c,*.b.c,a.*.c - /**\n- - /*/b/**\n- - /a/b", "a.b.c", "PUT", "/a/b/")
	f.Add("- - /\n- - /a/\n- - /*\n- - /**", "", "GET", "/a/")
	f.Add("[::1] - /a%20b\n{x}.y GET,HEAD /{{/{x}", "[::1]:80", "HEAD", "/%7b/a%2fb;c")
	f.Fuzz(func(t *testing.T, rules, host, method, target string) {
		var matches []route.Match
		for line := range strings.SplitSeq(rules, "\n") {
			fields := strings.Split(line, " ")
			if len(fields) == 3 && len(matches) < 20 {
				matches = append(matches, route.Match{Hosts: list(fields[0]), Methods: list(fields[1]), Path: fields[2]})
			}
		}
		table, faults := route.NewTable(matches)
		path, err := requestpath.Parse(target)
		host, ok := route.CanonicalHost(host)
		if len(faults) > 0 || err != nil || !ok {
			return
		}
		if again, ok := route.CanonicalHost(host); !ok || again != host {
			t.Errorf("the host %q is read as %q again", host, again)
		}
		for _, reading := range path.Readings() {
			want := slices.IndexFunc(matches, func(m route.Match) bool { return fits(m, host, method, reading) })
			if got := find(table, host, method, reading); got != want {
				t.Fatalf("%q: %s %q %q: got %d, want %d", rules, method, host, reading, got, want)
			}
			if want >= 0 {
				if first, ok := table.Covering(want); ok {
					t.Errorf("%q: %d covers %d, which was found for %s %q %q", rules, first, want, method, host, reading)
				}
			}
		}
	})
}

func list(text string) []string {
	if text == "-" {
		return nil
	}
	return strings.Split(text, ",")
}

// fits is what a match means, written a second time.
func fits(m route.Match, host, method, path string) bool {
	return (m.Methods == nil || slices.Contains(m.Methods, method)) &&
		(m.Hosts == nil || slices.ContainsFunc(m.Hosts, func(pattern string) bool { return fitsHost(pattern, host) })) &&
		(m.Path == "" || fitsParts(strings.Split(m.Path, "/"), strings.Split(path, "/"), decodePattern))
}

func fitsHost(pattern, host string) bool {
	switch {
	case host == "":
		return false
	case pattern[0] == '[' || host[0] == '[':
		canonical, _ := route.CanonicalHost(pattern)
		return canonical == host
	}
	return fitsParts(strings.Split(strings.ToLower(strings.TrimSuffix(pattern, ".")), "."), strings.Split(host, "."), strings.ToLower)
}

func fitsParts(pattern, parts []string, decode func(string) string) bool {
	switch {
	case len(pattern) == 1 && pattern[0] == "**":
		return true
	case len(pattern) == 0 || len(parts) == 0:
		return len(pattern) == len(parts)
	case pattern[0] == "*" || strings.HasPrefix(strings.ReplaceAll(pattern[0], "{{", "x"), "{"):
		return parts[0] != "" && fitsParts(pattern[1:], parts[1:], decode)
	}
	return decode(pattern[0]) == parts[0] && fitsParts(pattern[1:], parts[1:], decode)
}

func decodePattern(segment string) string {
	path, _ := requestpath.Parse("/" + strings.ReplaceAll(strings.ReplaceAll(segment, "{{", "{"), " ", "%20"))
	return strings.TrimPrefix(path.String(), "/")
}
