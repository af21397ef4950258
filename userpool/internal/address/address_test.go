package address_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/userpool/internal/address"
)

// The table is shared with the packages that check addresses for the library and for the
// product.
func TestAddressesFollowTheSharedTable(t *testing.T) {
	t.Parallel()
	var table struct {
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
	text, err := os.ReadFile("testdata/addresses.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	if len(table.Hosts) < 40 || len(table.URLs) < 60 {
		t.Fatalf("the table has %d hosts and %d URLs only", len(table.Hosts), len(table.URLs))
	}
	for _, c := range table.Hosts {
		if got := address.IsLoopbackHost(c.Host); got != c.Loopback {
			t.Errorf("host %q: loopback is %t, want %t", c.Host, got, c.Loopback)
		}
	}
	for _, c := range table.URLs {
		if _, reason := address.Parse(c.URL, address.Rules{PathAndQuery: true}); (reason == "") != c.HTTPSOrLoopback {
			t.Errorf("%q: got reason %q, want accepted is %t", c.URL, reason, c.HTTPSOrLoopback)
		}
		if _, reason := address.Parse(c.URL, address.Rules{}); (reason == "") != (c.Origin != "") {
			t.Errorf("%q as an origin: got reason %q, want accepted is %t", c.URL, reason, c.Origin != "")
		}
	}
}

func TestReasonShowsNoPassword(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"https://a:hidden@pool.test", "ftp://a:hidden@pool.test", "http://a:hidden@[pool.test"} {
		if _, reason := address.Parse(raw, address.Rules{}); reason == "" || strings.Contains(reason, "hidden") {
			t.Errorf("%s: got reason %q", raw, reason)
		}
	}
}

func TestPlainHTTPIsAcceptedWhereTheRulesSaySo(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"http://pool.test:9229": true, "https://pool.test": true, "http://pool.test/path": false, "http://a@pool.test": false, "ftp://pool.test": false,
	} {
		u, reason := address.Parse(raw, address.Rules{PlainHTTP: true})
		if (reason == "") != want || (u != nil) != want {
			t.Errorf("%s: got %v and reason %q, want accepted is %t", raw, u, reason, want)
		}
	}
}
