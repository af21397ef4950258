package requestpath_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/requestpath"
)

const (
	slash     = requestpath.EncodedSlash
	semicolon = requestpath.Semicolon
	nonASCII  = requestpath.NonASCII
)

func TestPathsAreReadInOneWay(t *testing.T) {
	tests := []struct {
		target, want string
		class        requestpath.Class
	}{
		{target: "/", want: "/"},
		{target: "/orders/7", want: "/orders/7"},
		{target: "/orders/", want: "/orders/"},
		{target: "/orders?next=/../admin&x=//", want: "/orders"},
		{target: "/?", want: "/"},
		{target: "/.well-known/x", want: "/.well-known/x"},
		{target: "/a.js", want: "/a.js"},
		{target: "/...", want: "/..."},
		{target: "/%61dmin", want: "/admin"},
		{target: "/%41%2D%5f%7E%2ejs", want: "/A-_~.js"},
		{target: "/Admin", want: "/Admin"},
		{target: "/a%20b%3f%40", want: "/a b?@"},
		{target: "/100%25", want: "/100%"},
		{target: "/%25zz", want: "/%zz"},
		{target: "/a|b^{c}\"<>`", want: "/a|b^{c}\"<>`"},
		{target: "/a%2fb", want: "/a%2Fb", class: slash},
		{target: "/a%2F", want: "/a%2F", class: slash},
		{target: "/%25%2Fa", want: "/%%2Fa", class: slash},
		{target: "/a;v=1/b", want: "/a;v=1/b", class: semicolon},
		{target: "/a%3Bv=1", want: "/a;v=1", class: semicolon},
		{target: "/caf%c3%a9", want: "/café", class: nonASCII},
		{target: "/café", want: "/café", class: nonASCII},
		{target: "/caf\xc3%a9", want: "/café", class: nonASCII},
		{target: "/a%2fb;c/%c3%a9", want: "/a%2Fb;c/é", class: slash | semicolon | nonASCII},
	}
	for _, test := range tests {
		path, err := requestpath.Parse(test.target)
		if err != nil || path.String() != test.want || path.Class() != test.class {
			t.Errorf("%q: %q, %v, %v; want %q, %v", test.target, path, path.Class(), err, test.want, test.class)
		}
	}
}

// refused are targets that no rule can allow, by why.
var refused = map[string][]string{
	"does not begin with a slash": {"", "*", "orders", "http://a.example/orders", "a.example:443", "?a", "\\orders", "%2forders"},
	"has two slashes in a row":    {"//", "//a.example/", "/a//b", "/a//", "/;/a", "/;x/a", "/a/;x/b", "/a%2f/b", "/%2fa", "/a%2f%2fb", "/%3b/a"},
	"has a segment . or ..": {
		"/.", "/..", "/./a", "/../a", "/a/.", "/a/..", "/a/../b", "/%2e%2e/a", "/.%2E/a", "/a/%2e", "/..;x/a", "/..;/a", "/.;x", "/%2e%2e;x/a",
		"/a/..%2fb", "/a%2f..%2fb", "/..%2fa", "/a%2f.", "/a/..;x%2fb", "/a;x%2f../b", "/..%3bx/a", "/a%2f..;x/b",
	},
	"has a backslash":                                 {"/a\\b", "/a%5cb", "/%5C", "/..\\a"},
	"has the character #":                             {"/a#b", "/a%23b", "/#", "/a?x#y"},
	"has a control character or a space":              {"/a b", "/a\x00", "/a%00b", "/%0a", "/%0D%0A", "/a\tb", "/%09", "/\x7f", "/%7f", "/%1f", "/a?x\ny", "/a?x y", "/a?\x7f"},
	"has a % without two hexadecimal digits after it": {"/%", "/a%", "/%2", "/%zz", "/%2g", "/%u002f", "/%%32f", "/a%2/b"},
	"is escaped twice":                                {"/%252f", "/%252e%252e/a", "/%25%32%66", "/a%255cb", "/%25%32f", "/%2525"},
	"is not valid UTF-8":                              {"/%c0%af", "/%c0%ae%c0%ae/", "/\xff", "/%e9", "/%ed%a0%80", "/%f8%80%80%80%af", "/%c3", "/%c3/%a9"},
}

func TestTargetsAreRefused(t *testing.T) {
	for reason, targets := range refused {
		for _, target := range targets {
			path, err := requestpath.Parse(target)
			var refusal requestpath.RefusedError
			if !errors.As(err, &refusal) || err.Error() != reason || path != (requestpath.Path{}) {
				t.Errorf("%q: %q, %v; want %q", target, path, err, reason)
			}
		}
	}
}

func TestReadingsOfAmbiguousPaths(t *testing.T) {
	tests := map[string][]string{
		"/a/b":           {"/a/b"},
		"/caf%c3%a9":     {"/café"},
		"/a%2fb":         {"/a%2Fb", "/a/b"},
		"/a/b%2F":        {"/a/b%2F", "/a/b/"},
		"/a;v=1/b;w":     {"/a;v=1/b;w", "/a/b"},
		"/a/;x":          {"/a/;x", "/a/"},
		"/a;x%2fy/b":     {"/a;x%2Fy/b", "/a;x/y/b", "/a/b", "/a/y/b"},
		"/a%2fb;x%2fy/c": {"/a%2Fb;x%2Fy/c", "/a/b;x/y/c", "/a%2Fb/c", "/a/b/y/c", "/a/b/c"},
		"/a%2fb;x/c":     {"/a%2Fb;x/c", "/a/b;x/c", "/a%2Fb/c", "/a/b/c"},
	}
	for target, want := range tests {
		path, err := requestpath.Parse(target)
		if got := path.Readings(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %q, %v; want %q", target, got, err, want)
		}
	}
}

func TestUnescapeDecodesTheLastEscapes(t *testing.T) {
	path, err := requestpath.Parse("/a%2fb%25/c")
	if err != nil {
		t.Fatal(err)
	}
	segment, _, _ := strings.Cut(path.String()[1:], "/")
	if got := requestpath.Unescape(segment); got != "a/b%" {
		t.Errorf("got %q", got)
	}
}

func TestClassesHaveNames(t *testing.T) {
	for n, name := range requestpath.ClassNames() {
		class, ok := requestpath.ParseClass(name)
		if !ok || class != 1<<n || class.String() != name {
			t.Errorf("%s: %v, %v", name, class, ok)
		}
	}
	if class, ok := requestpath.ParseClass("slash"); ok {
		t.Errorf("got %v", class)
	}
	if all := slash | nonASCII; all.String() != "encoded_slash, non_ascii" || !all.Has(slash) || all.Has(semicolon|slash) || !all.Has(0) {
		t.Errorf("got %v", all)
	}
}

func TestPathWithoutEscapesAllocatesNothing(t *testing.T) {
	allocations := testing.AllocsPerRun(100, func() {
		path, err := requestpath.Parse("/orders/7/lines?page=2")
		if err != nil || path.String() != "/orders/7/lines" {
			t.Error(path, err)
		}
	})
	if allocations != 0 {
		t.Errorf("got %v allocations", allocations)
	}
}
