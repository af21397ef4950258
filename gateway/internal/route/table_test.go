package route_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/route"
)

func newTable(t testing.TB, matches ...route.Match) *route.Table {
	t.Helper()
	table, faults := route.NewTable(matches)
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return table
}

// find returns the index of the match of a request, -1 for none.
func find(table *route.Table, host, method, path string) int {
	if found, ok := table.Find(host, method, path); ok {
		return found.Match
	}
	return -1
}

func TestPathPatterns(t *testing.T) {
	tests := []struct {
		pattern   string
		fits, not []string
	}{
		{"", []string{"/", "/a", "/a/b/"}, nil},
		{"/**", []string{"/", "/a", "/a/b/"}, nil},
		{"/", []string{"/"}, []string{"/a", "/a/"}},
		{"/healthz", []string{"/healthz"}, []string{"/", "/healthz/", "/Healthz", "/healthz/x", "/healthzz", "/healthz;x", "/x/healthz"}},
		{"/orders/", []string{"/orders/"}, []string{"/orders", "/orders/7"}},
		{"/admin/**", []string{"/admin", "/admin/", "/admin/a", "/admin/a/b/"}, []string{"/", "/administrator", "/Admin", "/x/admin"}},
		{"/a/*", []string{"/a/b", "/a/*", "/a/b%2Fc"}, []string{"/a", "/a/", "/a/b/", "/a/b/c"}},
		{"/a/*/c", []string{"/a/b/c"}, []string{"/a/c", "/a/b", "/a/b/d", "/a/b/c/"}},
		{"/a/{x}/**", []string{"/a/b", "/a/b/", "/a/b/c"}, []string{"/a", "/a/"}},
		{"/*/{x}", []string{"/a/b"}, []string{"/a", "/a/"}},
		{"/a b/c%20d", []string{"/a b/c d"}, []string{"/a%20b/c d"}},
		{"/%61dmin", []string{"/admin"}, nil},
		{"/{{x}/{{}", []string{"/{x}/{}"}, []string{"/{{x}/{}", "/a/b"}},
		{"/a%2A/%7Bx%7D", []string{"/a*/{x}"}, []string{"/ab/c"}},
		{"/caf%C3%A9/é", []string{"/café/é"}, nil},
		{"/100%25", []string{"/100%"}, nil},
	}
	for _, test := range tests {
		table := newTable(t, route.Match{Path: test.pattern})
		for _, path := range test.fits {
			if find(table, "a.example", "GET", path) != 0 {
				t.Errorf("%q does not fit %q", path, test.pattern)
			}
		}
		for _, path := range test.not {
			if find(table, "a.example", "GET", path) != -1 {
				t.Errorf("%q fits %q", path, test.pattern)
			}
		}
	}
}

func TestHostPatterns(t *testing.T) {
	tests := []struct {
		pattern   string
		fits, not []string
	}{
		{"api.example.com", []string{"api.example.com"}, []string{"", "example.com", "x.api.example.com", "api.example.org", "api.example.com.evil.example"}},
		{"API.Example.com.", []string{"api.example.com"}, nil},
		{"*.example.com", []string{"a.example.com", "xn--a.example.com"}, []string{"", "example.com", "a.b.example.com", "aexample.com"}},
		{"{tenant}.example.com", []string{"acme.example.com"}, []string{"example.com", "a.acme.example.com"}},
		{"api.*.example.com", []string{"api.a.example.com"}, []string{"api.example.com", "a.api.example.com"}},
		{"localhost", []string{"localhost"}, []string{"localhost.localdomain"}},
		{"127.0.0.1", []string{"127.0.0.1"}, []string{"127.0.0.11"}},
		{"[0::1]", []string{"[::1]"}, []string{"", "1"}},
		{"[::ffff:192.0.2.1]", []string{"[::ffff:192.0.2.1]"}, []string{"192.0.2.1"}},
	}
	for _, test := range tests {
		hosts := []string{"other.test", test.pattern}
		if strings.Contains(test.pattern, "{") {
			hosts = hosts[1:]
		}
		table := newTable(t, route.Match{Hosts: hosts, Path: "/a"})
		for _, host := range test.fits {
			if find(table, host, "GET", "/a") != 0 {
				t.Errorf("%q does not fit %q", host, test.pattern)
			}
			if find(table, host, "GET", "/b") != -1 {
				t.Errorf("%q fits %q with another path", host, test.pattern)
			}
		}
		for _, host := range test.not {
			if find(table, host, "GET", "/a") != -1 {
				t.Errorf("%q fits %q", host, test.pattern)
			}
		}
	}
}

func TestFirstMatchIsFound(t *testing.T) {
	table := newTable(t,
		route.Match{Hosts: []string{"*.example.com"}, Methods: []string{"GET", "HEAD"}, Path: "/a/*"},
		route.Match{Hosts: []string{"api.example.com", "b.example.com"}, Path: "/a/b"},
		route.Match{Methods: []string{"POST"}},
		route.Match{Path: "/a/**"},
		route.Match{Hosts: []string{"api.example.com"}},
		route.Match{Path: "/a/b"},
	)
	tests := []struct {
		host, method, path string
		want               int
	}{
		{"api.example.com", "GET", "/a/b", 0},
		{"api.example.com", "HEAD", "/a/b", 0},
		{"api.example.com", "get", "/a/b", 1},
		{"api.example.com", "PUT", "/a/b", 1},
		{"api.example.com", "POST", "/a/b", 1},
		{"api.example.com", "POST", "/a/c", 2},
		{"c.example.com", "PUT", "/a/b", 3},
		{"", "GET", "/a/b", 3},
		{"api.example.com", "GET", "/b", 4},
		{"c.example.com", "GET", "/b", -1},
	}
	for _, test := range tests {
		if got := find(table, test.host, test.method, test.path); got != test.want {
			t.Errorf("%s %q %s: %d, want %d", test.method, test.host, test.path, got, test.want)
		}
	}
}

func TestVariablesHaveTheValuesOfTheRequest(t *testing.T) {
	table := newTable(t,
		route.Match{Hosts: []string{"{tenant}.{region}.example.com", "{region}.{tenant}.example.org"}, Path: "/users/{id}/**"},
		route.Match{Hosts: []string{"{x}.example.net"}, Path: "/{x}/{y}/{y}"},
	)
	tests := []struct {
		host, path string
		want       map[string]string
		conflict   bool
	}{
		{"acme.eu.example.com", "/users/a b%2Fc/x", map[string]string{"tenant": "acme", "region": "eu", "id": "a b/c"}, false},
		{"eu.acme.example.org", "/users/7", map[string]string{"tenant": "acme", "region": "eu", "id": "7"}, false},
		{"a.example.net", "/a/b/b", map[string]string{"x": "a", "y": "b"}, false},
		{"a.example.net", "/A/b/b", map[string]string{"x": "A", "y": "b"}, true},
		{"a.example.net", "/a/b/c", map[string]string{"x": "a", "y": "b"}, true},
	}
	for _, test := range tests {
		found, ok := table.Find(test.host, "GET", test.path)
		if !ok || found.Conflict != test.conflict {
			t.Errorf("%s%s: %v, conflict %v", test.host, test.path, ok, found.Conflict)
		}
		for name, want := range test.want {
			if got, ok := found.Value(name); !ok || got != want {
				t.Errorf("%s%s: %s is %q, %v; want %q", test.host, test.path, name, got, ok, want)
			}
		}
		if got, ok := found.Value("other"); ok {
			t.Errorf("other is %q", got)
		}
		if got, want := table.Variables(found.Match), slices.Sorted(maps.Keys(test.want)); !slices.Equal(got, want) {
			t.Errorf("variables %q, want %q", got, want)
		}
	}
	first, _ := table.Find("acme.eu.example.com", "GET", "/users/7")
	for host, want := range map[string]bool{"acme.eu.example.com": true, "other.eu.example.com": false} {
		if other, _ := table.Find(host, "GET", "/users/7/x"); first.SameValues(&other) != want {
			t.Errorf("%s: same values %v", host, !want)
		}
	}
}

func TestFaultsOfMatches(t *testing.T) {
	tests := []struct {
		match route.Match
		want  []string // field and part of the reason
	}{
		{route.Match{Hosts: []string{}}, []string{"Hosts: is empty"}},
		{route.Match{Methods: []string{}}, []string{"Methods: is empty"}},
		{route.Match{Methods: []string{"", "get", "A B", "CONNECT", "PURGE"}}, []string{"Methods[0]: is empty", `Methods[1]: "get" is not in upper case`, "Methods[2]: ", "Methods[3]: is CONNECT"}},
		{route.Match{Hosts: []string{"a.example"}, Path: "orders"}, []string{`Path: "orders" does not begin with a slash`}},
		{route.Match{Path: "/a//b"}, []string{"Path: has two slashes in a row"}},
		{route.Match{Path: "/a/../b"}, []string{"Path: has a segment . or .."}},
		{route.Match{Path: "/%2e%2e"}, []string{"Path: has a segment . or .."}},
		{route.Match{Path: "/a?b"}, []string{"Path: has a query"}},
		{route.Match{Path: "/a#b"}, []string{"Path: has the character #"}},
		{route.Match{Path: "/a\\b"}, []string{"Path: has a backslash"}},
		{route.Match{Path: "/a%2fb"}, []string{"Path: has a semicolon or %2F"}},
		{route.Match{Path: "/a;b"}, []string{"Path: has a semicolon or %2F"}},
		{route.Match{Path: "/%zz"}, []string{"Path: has a % without"}},
		{route.Match{Path: "/a*"}, []string{`Path: "a*" has an asterisk beside other text`}},
		{route.Match{Path: "/**/a"}, []string{`Path: "**" has an asterisk`}},
		{route.Match{Path: "/{x}.json"}, []string{`Path: "{x}.json" is not a variable`}},
		{route.Match{Path: "/{}"}, []string{`Path: "{}" is not a variable`}},
		{route.Match{Path: "/{1a}"}, []string{`is not a variable`}},
		{route.Match{Path: "/{a-b}"}, []string{`is not a variable`}},
		{route.Match{Path: "/{a"}, []string{`is not a variable`}},
		{route.Match{Path: "/{{{a}"}, []string{`is not a variable`}},
		{route.Match{Hosts: []string{""}}, []string{`Hosts[0]: "" is not a host name`}},
		{route.Match{Hosts: []string{"https://a.example"}}, []string{"Hosts[0]: \"https://a.example\" has more than a host"}},
		{route.Match{Hosts: []string{"a.example:443", "a..b"}}, []string{"Hosts[0]: \"a.example:443\" has more", "Hosts[1]: "}},
		{route.Match{Hosts: []string{"*"}}, []string{`Hosts[0]: "*" matches hosts of every name`}},
		{route.Match{Hosts: []string{"{a}.*"}}, []string{"matches hosts of every name"}},
		{route.Match{Hosts: []string{"*a.example"}}, []string{"asterisk beside other text"}},
		{route.Match{Hosts: []string{"**.example"}}, []string{"asterisk beside other text"}},
		{route.Match{Hosts: []string{"{a}b.example"}}, []string{"is not a variable"}},
		{route.Match{Hosts: []string{"café.example"}}, []string{"xn--"}},
		{route.Match{Hosts: []string{"[::1]:80"}}, []string{"is not an IPv6 address"}},
		{route.Match{Hosts: []string{"[x]"}}, []string{"is not an IPv6 address"}},
		{route.Match{Hosts: []string{"{a}.example", "b.example"}, Path: "/x"}, []string{"Hosts[1]: has no variable {a}"}},
		{route.Match{Hosts: []string{"{a}.example", "b.example"}, Path: "/{a}"}, nil},
		{route.Match{Path: "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"}, []string{"Path: and the hosts have 9 variables"}},
		{route.Match{Path: "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{a}"}, nil},
	}
	for _, test := range tests {
		table, faults := route.NewTable([]route.Match{{Path: "/first"}, test.match})
		if len(faults) != len(test.want) || (table == nil) != (len(faults) > 0) {
			t.Errorf("%+v: %v", test.match, faults)
			continue
		}
		for n, fault := range faults {
			if text := fault.Field + ": " + fault.Reason; fault.Match != 1 || !strings.Contains(text, test.want[n]) {
				t.Errorf("%+v: match %d, %s; want %s", test.match, fault.Match, text, test.want[n])
			}
		}
	}
}

func TestMatchesThatNeverDecideAreFound(t *testing.T) {
	all := route.Match{}
	get := route.Match{Methods: []string{"GET"}}
	tests := []struct {
		first, second route.Match
		covers        bool
	}{
		{all, get, true},
		{get, all, false},
		{get, route.Match{Methods: []string{"GET", "HEAD"}}, false},
		{route.Match{Path: "/a/**"}, route.Match{Path: "/a"}, true},
		{route.Match{Path: "/a/**"}, route.Match{Path: "/a/"}, true},
		{route.Match{Path: "/a/**"}, route.Match{Path: "/a/*/c/**"}, true},
		{route.Match{Path: "/a/*"}, route.Match{Path: "/a/{x}"}, true},
		{route.Match{Path: "/a/*"}, route.Match{Path: "/a/b"}, true},
		{route.Match{Path: "/a/*"}, route.Match{Path: "/a/"}, false},
		{route.Match{Path: "/a/*"}, route.Match{Path: "/a/**"}, false},
		{route.Match{Path: "/a/*"}, route.Match{Path: "/a/b/c"}, false},
		{route.Match{Path: "/a/b"}, route.Match{Path: "/a/*"}, false},
		{route.Match{Path: "/a"}, route.Match{Path: "/b"}, false},
		{route.Match{Hosts: []string{"*.example.com"}}, route.Match{Hosts: []string{"a.example.com", "b.example.com"}}, true},
		{route.Match{Hosts: []string{"*.example.com"}}, route.Match{Hosts: []string{"a.example.com", "b.example.org"}}, false},
		{route.Match{Hosts: []string{"*.example.com"}}, all, false},
		{route.Match{Hosts: []string{"a.example.com"}}, route.Match{Hosts: []string{"*.example.com"}}, false},
		{route.Match{Hosts: []string{"*.example.com"}}, route.Match{Hosts: []string{"a.b.example.com"}}, false},
	}
	for _, test := range tests {
		table := newTable(t, route.Match{Path: "/other"}, test.first, test.second)
		first, ok := table.Covering(2)
		if ok != test.covers || ok && first != 1 {
			t.Errorf("%+v covers %+v: %d, %v", test.first, test.second, first, ok)
		}
	}
	if _, ok := newTable(t, all).Covering(0); ok {
		t.Error("a match covers itself")
	}
	table := newTable(t, all, get, route.Match{Path: "/**"}, route.Match{Path: "/a/**"}, route.Match{Path: "/"}, route.Match{Hosts: []string{"a.example"}})
	for n, want := range []bool{true, true, true, false, false, false} {
		if table.TakesAll(n) != want {
			t.Errorf("match %d takes all: %v", n, !want)
		}
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	table := thousand(t)
	allocations := testing.AllocsPerRun(100, func() {
		found, ok := table.Find("tenant7.example.com", "GET", "/service999/items/42")
		if id, _ := found.Value("id"); !ok || found.Match != 999 || id != "42" {
			t.Error(found, ok)
		}
	})
	if allocations != 0 {
		t.Errorf("got %v allocations", allocations)
	}
}

// thousand is a table of a thousand matches.
func thousand(t testing.TB) *route.Table {
	t.Helper()
	matches := make([]route.Match, 1000)
	for n := range matches {
		matches[n] = route.Match{Hosts: []string{"{tenant}.example.com"}, Methods: []string{"GET"}, Path: fmt.Sprintf("/service%d/items/{id}", n)}
	}
	return newTable(t, matches...)
}

func BenchmarkFind(b *testing.B) {
	table := thousand(b)
	b.ReportAllocs()
	for b.Loop() {
		if found, ok := table.Find("tenant7.example.com", "GET", "/service999/items/42"); !ok || found.Match != 999 {
			b.Fatal(found, ok)
		}
	}
}
