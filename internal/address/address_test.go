package address_test

import (
	"bytes"
	"encoding/json"
	"os"
	"testing"

	"github.com/poolguard/poolguard/internal/address"
)

const tableFile = "testdata/addresses.json"

func readTable(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAddressesAreAsTheTableSays(t *testing.T) {
	var cases struct {
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
	if err := json.Unmarshal(readTable(t, tableFile), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Hosts) < 40 || len(cases.URLs) < 60 {
		t.Fatalf("the table has only %d hosts and %d URLs", len(cases.Hosts), len(cases.URLs))
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

// The library, the local user pool and the product agree on addresses because they run
// the same cases.
func TestCopiesOfTheTableAreEqual(t *testing.T) {
	ours := readTable(t, tableFile)
	for _, path := range []string{
		"../../cognito/internal/address/" + tableFile,
		"../../userpool/internal/address/" + tableFile,
	} {
		if !bytes.Equal(readTable(t, path), ours) {
			t.Errorf("%s differs from %s: copy the newer file over the other copies", path, tableFile)
		}
	}
}
