package returnto_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/signin/internal/returnto"
)

var places = returnto.Places{Own: "https://app.example.com", Others: []string{"https://docs.example.com:8443"}}

func TestReturnToAllowedPlaces(t *testing.T) {
	for raw, want := range map[string]string{
		"":                                "https://app.example.com/",
		"/":                               "https://app.example.com/",
		"/orders/7?sort=a%2Fb&x=%5c#top":  "https://app.example.com/orders/7?sort=a%2Fb&x=%5c#top",
		"/a/..b/.well-known/x;v=1":        "https://app.example.com/a/..b/.well-known/x;v=1",
		"/search?next=https://evil.test/": "https://app.example.com/search?next=https://evil.test/",
		"https://app.example.com":         "https://app.example.com/",
		"https://APP.example.com:443/x":   "https://app.example.com/x",
		"https://docs.example.com:8443/x": "https://docs.example.com:8443/x",
	} {
		if got := places.Clean(raw); got != want {
			t.Errorf("%q: got %q, want %q", raw, got, want)
		}
	}
}

// TestOpenRedirects has the spellings of CVE-2020-4037, CVE-2020-5233, CVE-2021-21291,
// CVE-2026-83589 and CVE-2026-3872, and their like.
func TestOpenRedirects(t *testing.T) {
	for _, raw := range []string{
		"//evil.test", "///evil.test", "/\\evil.test", "\\/evil.test", "/%5cevil.test", "/%5Cevil.test", "/\tevil.test", "/\t/evil.test", "\t//evil.test",
		"/\n/evil.test", " //evil.test", "https:evil.test", "https:/evil.test", "https:///evil.test", "https://evil.test", "https://evil.test/",
		"https://app.example.com@evil.test/", "https://app.example.com:x@evil.test/", "https://user@app.example.com/", "https://app.example.com.evil.test/",
		"https://app.example.com:8443/", "http://app.example.com/", "https://docs.example.com/", "javascript:alert(1)", "data:text/html,x", "evil.test",
		"https://evil.test#@app.example.com/", "https://evil.test\\@app.example.com/", "/..;/evil", "/x/..;y/", "/../x", "/./x", "/%2e%2e/x", "/.%2E/x", "/x/%2e",
		"/.//evil.test", "/%252e%252e/", "/%09/evil.test", "/%0d%0aSet-Cookie:x", "/%00", "https://app.example.com//evil.test", "https://app.example.com/%2f/evil.test",
		"/%2f/evil.test", "/_auth/logout", "/_AUTH/login", "/%5fauth/callback", "/_auth", "/\u202eevil", "/" + strings.Repeat("a", 900), "?x", "#x", "x/y",
		"https://[::1]@app.example.com/", "https://app.example.com%2f@evil.test/", "//app.example.com/", "https://app.example.com\t.evil.test/",
	} {
		if got := places.Clean(raw); got != "https://app.example.com/" {
			t.Errorf("%q: got %q", raw, got)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, raw := range []string{"/x", "//evil", "https://docs.example.com:8443/x?y#z", "/%2e;/", "/|", "https://app.example.com?"} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		got := places.Clean(raw)
		u, err := url.Parse(got)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Host != "app.example.com" && u.Host != "docs.example.com:8443" || !strings.HasPrefix(u.Path, "/") {
			t.Errorf("%q became %q", raw, got)
		}
		const longest = 800 // an address that became longer than it came is not allowed again
		if again := places.Clean(got); again != got && len(got) <= longest {
			t.Errorf("%q became %q, and that %q", raw, got, again)
		}
	})
}

func ExamplePlaces_Clean() {
	places := returnto.Places{Own: "https://app.example.com"}
	fmt.Println(places.Clean("/orders?page=2"))
	fmt.Println(places.Clean("//evil.test"))
	// Output:
	// https://app.example.com/orders?page=2
	// https://app.example.com/
}
