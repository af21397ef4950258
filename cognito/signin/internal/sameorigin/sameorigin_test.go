package sameorigin_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/poolguard/poolguard/cognito/signin/internal/sameorigin"
)

var own = []string{"https://app.example.com", "http://localhost:8080"}

// TestCrossSiteRequests has forged requests and hijacked WebSockets, also from a sibling
// subdomain.
func TestCrossSiteRequests(t *testing.T) {
	const webSocket = "Sec-Websocket-Version"
	for _, test := range []struct {
		method string
		pairs  []string
		want   bool
	}{
		{"GET", nil, true}, {"HEAD", nil, true}, {"POST", nil, false}, {"DELETE", nil, false}, {"CONNECT", nil, false}, {"get", nil, false},
		{"GET", []string{webSocket, "13"}, false},
		{"GET", []string{webSocket, "13", "Origin", "https://app.example.com"}, true},
		{"GET", []string{webSocket, "13", "Origin", "https://evil.example.com"}, false},
		{"GET", []string{webSocket, "13", "Sec-Fetch-Site", "same-site"}, false},
		{"GET", []string{webSocket, "13", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, false},
		{"POST", []string{"Origin", "https://app.example.com"}, true},
		{"POST", []string{"Origin", "https://APP.example.com:443"}, true},
		{"POST", []string{"Origin", "http://localhost:8080"}, true},
		{"POST", []string{"Origin", "http://localhost"}, false},
		{"POST", []string{"Origin", "http://app.example.com"}, false},
		{"POST", []string{"Origin", "null"}, false},
		{"GET", []string{"Origin", "null"}, false},
		{"POST", []string{"Origin", ""}, false},
		{"POST", []string{"Origin", "", "Sec-Fetch-Site", "same-origin"}, false},
		{"GET", []string{"Origin", "https://evil.test"}, false},
		{"POST", []string{"Origin", "https://app.example.com", "Origin", "https://app.example.com"}, false},
		{"POST", []string{"Sec-Fetch-Site", "same-origin", "Sec-Fetch-Site", "none"}, false},
		{"POST", []string{"Sec-Fetch-Site", "same-origin"}, true},
		{"POST", []string{"Sec-Fetch-Site", "none"}, true},
		{"POST", []string{"Sec-Fetch-Site", "same-site"}, false},
		{"GET", []string{"Sec-Fetch-Site", "cross-site"}, false},
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, true},
		{"HEAD", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, false},
		{"POST", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, false},
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"}, false},
		{"GET", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "document"}, false},
		{"GET", []string{"Sec-Fetch-Site", "something-new"}, false},
	} {
		header := http.Header{}
		for n := 0; n < len(test.pairs); n += 2 {
			header.Add(test.pairs[n], test.pairs[n+1])
		}
		if got := sameorigin.Counts(test.method, header, own); got != test.want {
			t.Errorf("%s %v: got %v", test.method, header, got)
		}
	}
}

func ExampleCounts() {
	header := http.Header{"Origin": {"https://evil.test"}}
	fmt.Println(sameorigin.Counts("POST", header, []string{"https://app.example.com"}))
	// Output: false
}
