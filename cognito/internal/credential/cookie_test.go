package credential

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

const session = "__Host-token"

// request returns a request to https://app.example with the given header fields, "Name: value".
func request(method string, fields ...string) *http.Request {
	r := httptest.NewRequest(method, "https://app.example/", http.NoBody)
	for _, field := range fields {
		name, value, _ := strings.Cut(field, ": ")
		name = textproto.CanonicalMIMEHeaderKey(name)
		r.Header[name] = append(r.Header[name], value)
	}
	return r
}

func TestCookieMustHaveExactlyOneToken(t *testing.T) {
	const missing, invalid = cognito.ErrTokenMissing, cognito.ErrRequestInvalid
	for _, test := range []struct {
		name   string
		fields []string
		token  string
		want   cognito.Code
	}{
		{"alone", []string{"Cookie: __Host-token=a.b.c"}, "a.b.c", ""},
		{"among others", []string{"Cookie: a=b; __Host-token=a.b.c; theme=dark"}, "a.b.c", ""},
		{"without spaces", []string{"Cookie: a=b;__Host-token=a.b.c;theme=dark"}, "a.b.c", ""},
		{"in the second header", []string{"Cookie: a=b", "Cookie: __Host-token=a.b.c"}, "a.b.c", ""},
		{"beside a malformed one", []string{`Cookie: ="; x; __Host-token=a.b.c`}, "a.b.c", ""},
		{"none", nil, "", missing},
		{"another name", []string{"Cookie: token=a.b.c"}, "", missing},
		{"another case", []string{"Cookie: __host-token=a.b.c"}, "", missing},
		{"a longer name", []string{"Cookie: __Host-token2=a.b.c; x__Host-token=a.b.c"}, "", missing},
		{"the name as a value", []string{"Cookie: a=__Host-token=a.b.c"}, "", missing},
		{"a cookie without a name", []string{"Cookie: =__Host-token=a.b.c"}, "", missing},
		{"empty", []string{"Cookie: __Host-token="}, "", missing},
		{"without an equals sign", []string{"Cookie: __Host-token"}, "", missing},
		{"twice", []string{"Cookie: __Host-token=a.b.c; __Host-token=a.b.c"}, "", invalid},
		{"twice, in two headers", []string{"Cookie: __Host-token=a.b.c", "Cookie: __Host-token=d.e.f"}, "", invalid},
		{"twice, one empty", []string{"Cookie: __Host-token=; __Host-token=a.b.c"}, "", invalid},
		{"twice, one with characters that net/http leaves out", []string{"Cookie: __Host-token=\x80; __Host-token=a.b.c"}, "", invalid},
		{"quoted", []string{`Cookie: __Host-token="a.b.c"`}, "", invalid},
		{"with a space", []string{"Cookie: __Host-token=a b"}, "", invalid},
		{"two in one", []string{"Cookie: __Host-token=a,b"}, "", invalid},
		{"with the scheme", []string{"Cookie: __Host-token=Bearer a.b.c"}, "", invalid},
		{"escaped", []string{"Cookie: __Host-token=a%2Eb"}, "", invalid},
		{"and the header", []string{"Cookie: __Host-token=a.b.c", "Authorization: Bearer a.b.c"}, "", invalid},
		{"and a malformed header", []string{"Cookie: __Host-token=a.b.c", "Authorization: Bearer"}, "", invalid},
		{"and another scheme", []string{"Cookie: __Host-token=a.b.c", "Authorization: Basic dTpw"}, "a.b.c", ""},
		{"the header and another cookie", []string{"Cookie: a=b", "Authorization: Bearer a.b.c"}, "a.b.c", ""},
		{"the header and an empty cookie", []string{"Cookie: __Host-token=", "Authorization: Bearer a.b.c"}, "a.b.c", ""},
	} {
		found, err := (&Sources{Cookie: session}).Find(request(http.MethodGet, test.fields...), nil)
		if cognito.CodeOf(err) != test.want || err == nil && found.Token != test.token {
			t.Errorf("%s: %q, %v; want %q, %q", test.name, found.Token, err, test.token, string(test.want))
		}
	}
	r := request(http.MethodGet, "Cookie: __Host-token=a.b.c")
	if _, err := (&Sources{}).Find(r, nil); cognito.CodeOf(err) != missing {
		t.Errorf("not configured: %v", err)
	}
	r.URL.RawQuery = "access_token=a"
	if _, err := (&Sources{Cookie: session}).Find(r, nil); cognito.CodeOf(err) != invalid {
		t.Errorf("and the query: %v", err)
	}
}

// TestCookieOfAnotherSiteIsRejected: cross-site request forgery and cross-site WebSocket
// hijacking, also from a sibling subdomain.
func TestCookieOfAnotherSiteIsRejected(t *testing.T) {
	const get, post = http.MethodGet, http.MethodPost
	handshake := []string{"Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="}
	for _, test := range []struct {
		name    string
		method  string
		fields  []string
		allowed bool
	}{
		{"a form of the same origin", post, []string{"Origin: https://app.example", "Sec-Fetch-Site: same-origin"}, true},
		{"a form of the same origin, older browser", post, []string{"Origin: https://app.example"}, true},
		{"the port in Origin", post, []string{"Origin: https://app.example:443"}, true},
		{"Sec-Fetch-Site alone", post, []string{"Sec-Fetch-Site: same-origin"}, true},
		{"a form of another site", post, []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}, false},
		{"a form of a sibling", post, []string{"Origin: https://b.app.example", "Sec-Fetch-Site: same-site"}, false},
		{"a form of another site, older browser", post, []string{"Origin: https://evil.example"}, false},
		{"another port", post, []string{"Origin: https://app.example:8443"}, false},
		{"plain HTTP", post, []string{"Origin: http://app.example"}, false},
		{"another scheme", post, []string{"Origin: ftp://app.example"}, false},
		{"a host that begins alike", post, []string{"Origin: https://app.example.evil.example"}, false},
		{"a user name", post, []string{"Origin: https://evil@app.example"}, false},
		{"a path", post, []string{"Origin: https://app.example/"}, false},
		{"a sandboxed frame", post, []string{"Origin: null"}, false},
		{"an empty origin", post, []string{"Origin: "}, false},
		{"two origins", post, []string{"Origin: https://app.example", "Origin: https://app.example"}, false},
		{"two origins of a page", get, []string{"Origin: https://app.example", "Origin: https://evil.example"}, false},
		{"a form that the user sends", post, []string{"Sec-Fetch-Site: none"}, true},
		{"a document of another site that is no page", get, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: document"}, false},
		{"two modes", get, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, false},
		{"two destinations", get, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document", "Sec-Fetch-Dest: image"}, false},
		{"two sites", post, []string{"Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: same-origin"}, false},
		{"an unknown site", post, []string{"Sec-Fetch-Site: Same-Origin"}, false},
		{"the origin agrees and the site does not", post, []string{"Origin: https://app.example", "Sec-Fetch-Site: cross-site"}, false},
		{"the site agrees and the origin does not", post, []string{"Origin: https://evil.example", "Sec-Fetch-Site: same-origin"}, false},
		{"a form without any header", post, nil, false},
		{"DELETE without any header", http.MethodDelete, nil, false},
		{"CONNECT without any header", http.MethodConnect, nil, false},
		{"a posted form of another site that opens a page", post, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, false},
		{"a page by its address", get, []string{"Sec-Fetch-Site: none", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, true},
		{"a link of another site", get, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"}, true},
		{"a frame of another site", get, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: iframe"}, false},
		{"an image of another site", get, []string{"Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"}, false},
		{"a script of a sibling", get, []string{"Sec-Fetch-Site: same-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: script"}, false},
		{"EventSource of the same origin", get, []string{"Sec-Fetch-Site: same-origin", "Accept: text/event-stream"}, true},
		{"EventSource of another site", get, []string{"Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Accept: text/event-stream"}, false},
		{"EventSource of an older browser", get, []string{"Accept: text/event-stream"}, true},
		{"HEAD without any header", http.MethodHead, nil, true},
		{"OPTIONS without any header", http.MethodOptions, nil, true},
		{"a WebSocket of the same origin", get, append(handshake, "Origin: https://app.example"), true},
		{"a WebSocket of another site", get, append(handshake, "Origin: https://evil.example"), false},
		{"a WebSocket of a sibling", get, append(handshake, "Origin: https://b.app.example"), false},
		{"a WebSocket without any header", get, handshake, false},
		{"a WebSocket that says it opens a page", get, append(handshake, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Dest: document"), false},
		{"a handshake with the key alone", get, []string{"Sec-WebSocket-Key: eA=="}, false},
		{"a handshake with the version alone", get, []string{"Sec-WebSocket-Version: 13"}, false},
		{"a handshake with Upgrade alone", get, []string{"Upgrade: websocket"}, false},
		{"a trusted origin", post, []string{"Origin: https://www.example", "Sec-Fetch-Site: cross-site"}, true},
		{"a trusted origin with its port", post, []string{"Origin: https://www.example:443"}, true},
		{"a trusted origin by http", post, []string{"Origin: http://www.example"}, false},
		{"a WebSocket of a trusted origin", get, append(handshake, "Origin: https://www.example"), true},
	} {
		sources := (&Sources{Cookie: session, CookieOrigins: []string{"https://WWW.example/"}}).Clone()
		want := cognito.ErrAccessDenied
		if test.allowed {
			want = ""
		}
		r := request(test.method, append([]string{"Cookie: __Host-token=a.b.c"}, test.fields...)...)
		if _, err := sources.Find(r, nil); cognito.CodeOf(err) != want {
			t.Errorf("%s: %v, want %q", test.name, err, string(want))
		}
		// Other sites cannot send the header without the server's consent, so it always counts.
		r = request(test.method, append([]string{"Authorization: Bearer a.b.c"}, test.fields...)...)
		if _, err := sources.Find(r, nil); err != nil {
			t.Errorf("%s, with the header: %v", test.name, err)
		}
	}
}

// TestOriginIsComparedWithTheHost where the server sees plain HTTP, behind a proxy or on loopback.
func TestOriginIsComparedWithTheHost(t *testing.T) {
	for _, test := range []struct {
		host, origin string
		secure, want bool
	}{
		{"app.example", "https://app.example", false, true},
		{"app.example:443", "https://app.example", false, true},
		{"APP.example", "https://app.example", true, true},
		{"app.example", "http://app.example", false, true},
		{"app.example", "http://app.example", true, false},
		{"localhost:3000", "http://localhost:3000", false, true},
		{"localhost:3000", "http://localhost:3001", false, false},
		{"localhost", "http://localhost:80", false, true},
		{"localhost:80", "https://localhost", false, false},
		{"[::1]:3000", "http://[::1]:3000", false, true},
		{"", "https://", false, false},
		{"", "null", false, false},
		{"app.example", "ftp://app.example", false, false},
		{"app.example", "https://app.example%zz", false, false},
	} {
		r := &http.Request{Host: test.host}
		if test.secure {
			r.TLS = &tls.ConnectionState{}
		}
		if got := isOwnOrigin(r, test.origin); got != test.want {
			t.Errorf("%q at %q, TLS %t: %t", test.origin, test.host, test.secure, got)
		}
	}
}

func TestBareTokenIsOptIn(t *testing.T) {
	const missing, invalid = cognito.ErrTokenMissing, cognito.ErrRequestInvalid
	for value, want := range map[string]cognito.Code{
		"a.b.c":           "",
		"a.b.c.d.e":       "", // a refresh token: the verifier explains it
		"Bearer a.b.c":    "",
		"Basic":           missing,
		"Basic dTpw":      missing,
		"a.b":             missing,
		"a.b.c.d":         missing,
		"a.b.c, a.b.c":    missing,
		"a.b.c Bearer x":  missing,
		"..":              "",
		"Bearer":          invalid,
		"":                missing,
		" a.b.c":          invalid,
		"a.b.\"c\"":       missing,
		"Bearer a.b.c, d": invalid,
	} {
		found, err := (&Sources{BareAuthorization: true}).Find(request(http.MethodGet, "Authorization: "+value), nil)
		if cognito.CodeOf(err) != want || want == "" && found.Token != strings.TrimPrefix(value, "Bearer ") {
			t.Errorf("%q: %q, %v, want %q", value, found.Token, err, string(want))
		}
	}
	if _, err := (&Sources{}).Find(request(http.MethodGet, "Authorization: a.b.c"), nil); cognito.CodeOf(err) != missing {
		t.Errorf("not configured: %v", err)
	}
	twice := request(http.MethodGet, "Authorization: a.b.c", "Authorization: a.b.c")
	if _, err := (&Sources{BareAuthorization: true}).Find(twice, nil); cognito.CodeOf(err) != invalid {
		t.Errorf("twice: %v", err)
	}
	if (&Sources{BareAuthorization: true}).IsAnonymous(twice) {
		t.Error("two headers count as anonymous")
	}
}

// TestTokensInTwoPlacesAreRejected whatever the places are.
func TestTokensInTwoPlacesAreRejected(t *testing.T) {
	sources := Sources{Cookie: session, BareAuthorization: true, WebSocketSubprotocol: "bearer"}
	places := map[string]func(*http.Request){
		"header":      func(r *http.Request) { r.Header["Authorization"] = append(r.Header["Authorization"], "Bearer a.b.c") },
		"bare":        func(r *http.Request) { r.Header["Authorization"] = append(r.Header["Authorization"], "a.b.c") },
		"cookie":      func(r *http.Request) { r.Header.Set("Cookie", session+"=a.b.c") },
		"subprotocol": func(r *http.Request) { r.Header.Set("Sec-WebSocket-Protocol", "bearer, a.b.c") },
		"query":       func(r *http.Request) { r.URL.RawQuery = "access_token=a.b.c" },
	}
	for one, first := range places {
		for other, second := range places {
			r := request(http.MethodGet, "Connection: Upgrade", "Upgrade: websocket", "Origin: https://app.example")
			first(r)
			want := cognito.Code("")
			switch {
			case one != other:
				second(r)
				want = cognito.ErrRequestInvalid
			case one == "query":
				want = cognito.ErrTokenMissing
			}
			if _, err := sources.Find(r, Subprotocols(r.Header)); cognito.CodeOf(err) != want {
				t.Errorf("%s and %s: %v, want %q", one, other, err, string(want))
			}
		}
	}
}

func TestRequestWithTheCookieIsNotAnonymous(t *testing.T) {
	sources := Sources{Cookie: session}
	for field, want := range map[string]bool{
		"X: y": true, "Cookie: a=b": true, "Cookie: __Host-token=a": false, "Cookie: a=b; __Host-token=": false,
		"Cookie: __Host-token": false, "Authorization: ": false,
	} {
		if got := sources.IsAnonymous(request(http.MethodGet, field)); got != want {
			t.Errorf("%s: %t", field, got)
		}
	}
	if !(&Sources{}).IsAnonymous(request(http.MethodGet, "Cookie: =a")) {
		t.Error("a cookie without a name, where none is configured")
	}
}

// TestRequestWithATokenAmongSubprotocolsIsNotAnonymous also where it is no handshake.
func TestRequestWithATokenAmongSubprotocolsIsNotAnonymous(t *testing.T) {
	token := strings.Repeat("a", 50) + "." + strings.Repeat("b", 50) + ".c"
	for value, want := range map[string]bool{
		"": true, "chat": true, "v1.chat.example": true, "bearer, a.b.c": false, "chat,bearer": false, "BEARER, x": false,
		token: false, "chat, " + token: false,
	} {
		for _, fields := range [][]string{nil, {"Upgrade: h2c"}, {"Connection: Upgrade", "Upgrade: websocket"}} {
			r := request(http.MethodGet, append(fields, "Sec-WebSocket-Protocol: "+value)...)
			if got := (&Sources{WebSocketSubprotocol: "bearer"}).IsAnonymous(r); got != want {
				t.Errorf("%.30q, %q: %t", value, fields, got)
			}
			if !(&Sources{}).IsAnonymous(r) {
				t.Errorf("%.30q, where no subprotocol is configured", value)
			}
		}
	}
}

// FuzzCookie compares with net/http where that reads the header without leaving anything out.
func FuzzCookie(f *testing.F) {
	for _, value := range []string{"", "a=b; t=x.y.z", "t=a;t=b", `t="a"`, "t", "=t=a", "t =a", ";;t= a ;", "t=\x00"} {
		f.Add(value, "https://app.example")
	}
	f.Fuzz(func(t *testing.T, value, origin string) {
		r := request(http.MethodPost)
		r.Header["Cookie"], r.Header["Origin"] = []string{value}, []string{origin}
		found, err := (&Sources{Cookie: "t"}).Find(r, nil)
		if err != nil {
			if len(value) > 20 && strings.Contains(err.Error(), value) {
				t.Errorf("the error quotes the cookie: %v", err)
			}
			return
		}
		if !isB64Token(found.Token) || !isOwnOrigin(r, origin) {
			t.Fatalf("%q from %q: %q", value, origin, found.Token)
		}
		cookies := r.CookiesNamed("t")
		if len(cookies) > 1 || len(cookies) == 1 && cookies[0].Value != found.Token {
			t.Errorf("%q: %q, net/http has %v", value, found.Token, cookies)
		}
	})
}
