package address_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/address"
)

type table struct {
	Hosts []struct {
		Host     string `json:"host"`
		Loopback bool   `json:"loopback"`
	} `json:"hosts"`
	URLs []struct {
		URL             string `json:"url"`
		HTTPSOrLoopback bool   `json:"https_or_loopback"`
		Origin          string `json:"origin"`
	} `json:"urls"`
}

func TestAddressesAreAsTheTableSays(t *testing.T) {
	text, err := os.ReadFile("testdata/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases table
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Hosts) < 40 || len(cases.URLs) < 60 {
		t.Fatalf("the table has %d hosts and %d URLs only", len(cases.Hosts), len(cases.URLs))
	}
	for _, c := range cases.Hosts {
		if got := address.IsLoopbackHost(c.Host); got != c.Loopback {
			t.Errorf("IsLoopbackHost(%q) = %t", c.Host, got)
		}
	}
	for _, c := range cases.URLs {
		if got := address.IsHTTPSOrLoopback(c.URL); got != c.HTTPSOrLoopback {
			t.Errorf("IsHTTPSOrLoopback(%q) = %t", c.URL, got)
		}
		if got := address.Origin(c.URL); got != c.Origin {
			t.Errorf("Origin(%q) = %q, want %q", c.URL, got, c.Origin)
		}
	}
}

func TestRulesAreKept(t *testing.T) {
	for _, test := range []struct {
		url   string
		rules address.Rules
		good  bool
	}{
		{"https://a/path", address.Rules{}, false},
		{"https://a/path", address.Rules{Path: true}, true},
		{"https://a?query", address.Rules{Path: true}, false},
		{"https://a?", address.Rules{Path: true}, false},
		{"https://a?query", address.Rules{Query: true}, true},
		{"http://a", address.Rules{}, false},
		{"http://a", address.Rules{PlainHTTP: true}, true},
		{"ftp://a", address.Rules{PlainHTTP: true}, false},
		{"http://user@a", address.Rules{Path: true, Query: true, PlainHTTP: true}, false},
		{"http://a#fragment", address.Rules{Path: true, Query: true, PlainHTTP: true}, false},
	} {
		if u, reason := address.Parse(test.url, test.rules); (reason == "") != test.good || (u != nil) != test.good {
			t.Errorf("Parse(%q, %+v): %v, %q", test.url, test.rules, u, reason)
		}
	}
}

func TestReasonNamesTheFault(t *testing.T) {
	for raw, want := range map[string]string{
		"":                 "is empty",
		"auth.example.com": `"auth.example.com" is not an absolute URL`,
		"https:a":          `"https:a" is not an absolute URL`,
		"https://a:x":      `"https://a:x" is not an absolute URL`,
		"https://user@a":   "has user information, which would appear in logs",
		"https://a%25b":    `"https://a%25b" has characters in its host that no host has; write an international name as xn--…`,
		"https://a:0":      `"https://a:0" has a port that is not between 1 and 65535`,
		"https://a#b":      `"https://a#b" has a fragment`,
		"https://a?b":      `"https://a?b" has a query`,
		"https://a/b":      `"https://a/b" has a path, want an origin such as https://auth.example.com`,
		"http://a":         `"http://a" must be https, or http with a loopback address`,
	} {
		if _, reason := address.Parse(raw, address.Rules{}); reason != want {
			t.Errorf("%q: got %q, want %q", raw, reason, want)
		}
	}
}

func TestPasswordIsNotInReason(t *testing.T) {
	for _, raw := range []string{"https://user:hunter2@a", "https://user:hunter2@", "user:hunter2@a", "https://user:hunter2@a:x", "https://user:hunter2@a/%zz"} {
		if _, reason := address.Parse(raw, address.Rules{}); reason == "" || strings.Contains(reason, "hunter2") {
			t.Errorf("%q: %q", raw, reason)
		}
	}
}

func TestReasonIsShort(t *testing.T) {
	if _, reason := address.Parse("ftp://"+strings.Repeat("a", 5000), address.Rules{}); len(reason) > 300 {
		t.Errorf("the reason has %d bytes", len(reason))
	}
}
