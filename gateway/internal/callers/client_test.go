package callers_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/poolguard/poolguard/gateway/internal/callers"
)

// CVE-2024-47070: an X-Forwarded-For that cannot be read must not be skipped or believed.
func TestClientIsTheRightmostUntrustedHop(t *testing.T) {
	trusted := trusting(t, "10.0.0.0/8", "fd00::/8")
	const peer = "10.0.0.1"
	for name, test := range map[string]struct {
		forwarded []string
		want      string
	}{
		"none":                       {nil, peer},
		"one":                        {[]string{"198.51.100.7"}, "198.51.100.7"},
		"spoofed before it":          {[]string{"127.0.0.1, 203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		"behind a trusted proxy":     {[]string{"203.0.113.9, 198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"behind two":                 {[]string{"203.0.113.9,198.51.100.7,fd00::2 , 10.0.0.2"}, "198.51.100.7"},
		"two lines":                  {[]string{"203.0.113.9", "198.51.100.7, 10.0.0.2"}, "198.51.100.7"},
		"only trusted":               {[]string{"10.0.0.9, 10.0.0.2"}, "10.0.0.9"},
		"with a port":                {[]string{"198.51.100.7:4711"}, "198.51.100.7"},
		"IPv6":                       {[]string{"2001:db8::7"}, "2001:db8::7"},
		"IPv6 with a port":           {[]string{"[2001:db8::7]:4711"}, "2001:db8::7"},
		"IPv6 in brackets":           {[]string{"[2001:db8::7]"}, "2001:db8::7"},
		"IPv6 with a zone":           {[]string{"fe80::7%eth0"}, "fe80::7"},
		"IPv4 in IPv6":               {[]string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"trusted as IPv4 in IPv6":    {[]string{"198.51.100.7, ::ffff:10.0.0.2"}, "198.51.100.7"},
		"unreadable":                 {[]string{"nonsense"}, peer},
		"empty":                      {[]string{""}, peer},
		"unreadable before a hop":    {[]string{"nonsense, 198.51.100.7"}, "198.51.100.7"},
		"unreadable after a hop":     {[]string{"198.51.100.7, nonsense"}, peer},
		"unreadable, behind a proxy": {[]string{"198.51.100.7, nonsense, 10.0.0.2"}, peer},
		"an empty hop":               {[]string{"198.51.100.7, "}, peer},
		"a name":                     {[]string{"client.example.com"}, peer},
		"a network":                  {[]string{"198.51.100.0/24"}, peer},
		"IPv4 in brackets":           {[]string{"[198.51.100.7]"}, peer},
		"an open bracket":            {[]string{"[2001:db8::7"}, peer},
		"an octet too large":         {[]string{"198.51.100.256"}, peer},
		"a leading zero":             {[]string{"198.51.100.07"}, peer},
		"the form of Forwarded":      {[]string{"for=198.51.100.7"}, peer},
	} {
		if got := trusted.Client(test.forwarded, netip.MustParseAddr(peer)); got.String() != test.want {
			t.Errorf("%s: got %v, want %s", name, got, test.want)
		}
	}
}

func TestPeerIsTheAddressOfTheCaller(t *testing.T) {
	for remote, want := range map[string]string{
		"10.0.0.1:4711": "10.0.0.1", "[::ffff:10.0.0.1]:4711": "10.0.0.1", "[fe80::7%eth0]:4711": "fe80::7", "@": "invalid IP", "": "invalid IP",
	} {
		r := httptest.NewRequest(http.MethodGet, "/", http.NoBody)
		r.RemoteAddr = remote
		if got := callers.Peer(r).String(); got != want {
			t.Errorf("%q: got %s, want %s", remote, got, want)
		}
	}
}
