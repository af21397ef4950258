package credential

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestTokenCharactersAreExact (RFC 9110 §5.6.2).
func TestTokenCharactersAreExact(t *testing.T) {
	const others = "!#$%&'*+-.^_`|~"
	for c := range rune(0x100) {
		letter := c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		want := letter || strings.ContainsRune(others, c)
		if got := isToken(string([]byte{byte(c)})); got != want {
			t.Errorf("%q: %v", c, got)
		}
	}
}

// TestOtherSchemesAreNoCredential, whatever follows their name.
func TestOtherSchemesAreNoCredential(t *testing.T) {
	for _, value := range []string{"Basic\tabc", "Basic", "Bearer2 abc", "DPoP,abc"} {
		if token, found, err := fromHeader([]string{value}, false); found || err != nil {
			t.Errorf("%q: %q, %v", value, token, err)
		}
	}
	for _, value := range []string{"Bearer\tabc", "Bearer,abc"} {
		if token, found, err := fromHeader([]string{value}, false); found || err == nil {
			t.Errorf("%q: %q, %v", value, token, err)
		}
	}
}

// TestQueryHasNoOtherNames: an escaped name is read, and is another one.
func TestQueryHasNoOtherNames(t *testing.T) {
	for query, want := range map[string]bool{
		"access_token=x": true, "access%5Ftoken=x": true, "a=b&access_token": true,
		"access%20token=x": false, "%zz=x": false, "": false, "token=access_token": false,
	} {
		if got := queryHasToken(&url.URL{RawQuery: query}); got != want {
			t.Errorf("%q: %v", query, got)
		}
	}
}

// TestWebSocketUpgradeNeedsEverything (RFC 6455 §4.1).
func TestWebSocketUpgradeNeedsEverything(t *testing.T) {
	good := func() *http.Request {
		return &http.Request{Method: http.MethodGet, ProtoMajor: 1, Header: http.Header{"Connection": {"keep-alive, Upgrade"}, "Upgrade": {"websocket"}}}
	}
	if !isWebSocketUpgrade(good()) {
		t.Error("a good one")
	}
	for name, change := range map[string]func(*http.Request){
		"POST":          func(r *http.Request) { r.Method = http.MethodPost },
		"HTTP/2":        func(r *http.Request) { r.ProtoMajor = 2 },
		"no Connection": func(r *http.Request) { r.Header.Del("Connection") },
		"no Upgrade":    func(r *http.Request) { r.Header.Del("Upgrade") },
	} {
		r := good()
		change(r)
		if isWebSocketUpgrade(r) {
			t.Error(name)
		}
	}
}

// TestCompactFormIsRecognized by its dots and a length that no name needs.
func TestCompactFormIsRecognized(t *testing.T) {
	long := strings.Repeat("a", 99)
	for text, want := range map[string]bool{
		long + "..": true, long[:98] + "..": false, long + "....": true, long + "...": false, long + ".": false, long + ".....": false,
	} {
		if got := isCompact(text); got != want {
			t.Errorf("%d bytes, %d dots: %v", len(text), strings.Count(text, "."), got)
		}
	}
}
