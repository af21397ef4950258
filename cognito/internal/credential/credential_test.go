package credential

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/cognito"
)

// header finds the token of a request in the form of RFC 6750 §2.1.
func header(r *http.Request) (string, error) {
	found, err := (&Sources{}).Find(r, nil)
	return found.Token, err
}

func TestCredential(t *testing.T) {
	const missing, invalid = cognito.ErrTokenMissing, cognito.ErrRequestInvalid
	tests := []struct {
		name  string
		query string
		auth  []string
		token string
		want  cognito.Code
	}{
		{name: "none", want: missing},
		{name: "empty", auth: []string{""}, want: missing},
		{name: "good", auth: []string{"Bearer a.b.c"}, token: "a.b.c"},
		{name: "lower case", auth: []string{"bearer a.b.c"}, token: "a.b.c"},
		{name: "mixed case", auth: []string{"bEARER a.b.c"}, token: "a.b.c"},
		{name: "many spaces", auth: []string{"Bearer    a.b.c"}, token: "a.b.c"},
		{name: "every character", auth: []string{"Bearer azAZ09-._~+/=="}, token: "azAZ09-._~+/=="},
		{name: "not shaped as a token of ours", auth: []string{"Bearer x"}, token: "x"},
		{name: "basic", auth: []string{"Basic dTpw"}, want: missing},
		{name: "another scheme with a comma", auth: []string{`Digest username="u", realm="r"`}, want: missing},
		{name: "a scheme that begins alike", auth: []string{"BearerToken x"}, want: missing},
		{name: "the token alone", auth: []string{"eyJ.eyJ.sig"}, want: missing},
		{name: "two", auth: []string{"Bearer a", "Bearer a"}, want: invalid},
		{name: "two schemes", auth: []string{"Basic dTpw", "Bearer a"}, want: invalid},
		{name: "an empty one and a good one", auth: []string{"", "Bearer a"}, want: invalid},
		{name: "two in one", auth: []string{"Bearer a, Bearer b"}, want: invalid},
		{name: "two in one without spaces", auth: []string{"Bearer a,b"}, want: invalid},
		{name: "no token", auth: []string{"Bearer"}, want: invalid},
		{name: "no token, a space", auth: []string{"Bearer "}, want: invalid},
		{name: "padding alone", auth: []string{"Bearer =="}, want: invalid},
		{name: "padding inside", auth: []string{"Bearer a=b"}, want: invalid},
		{name: "tab", auth: []string{"Bearer\ta"}, want: invalid},
		{name: "tab after space", auth: []string{"Bearer \ta"}, want: invalid},
		{name: "space after", auth: []string{"Bearer a "}, want: invalid},
		{name: "space before", auth: []string{" Bearer a"}, want: invalid},
		{name: "line break", auth: []string{"Bearer a\nb"}, want: invalid},
		{name: "no-break space", auth: []string{"Bearer\u00a0a"}, want: invalid},
		{name: "quotes", auth: []string{`Bearer "a"`}, want: invalid},
		{name: "comma", auth: []string{"Bearer,a"}, want: invalid},
		{name: "equals sign", auth: []string{"Bearer=a"}, want: invalid},
		{name: "beyond ASCII", auth: []string{"Bearer é"}, want: invalid},
		{name: "folded scheme", auth: []string{"\u212aearer a"}, want: invalid},
		{name: "query alone", query: "access_token=a", want: missing},
		{name: "query and header", query: "x=1&access_token=a", auth: []string{"Bearer a"}, want: invalid},
		{name: "query and header, escaped", query: "%61ccess%5Ftoken=a", auth: []string{"Bearer a"}, want: invalid},
		{name: "query without a value", query: "access_token", auth: []string{"Bearer a"}, want: invalid},
		{name: "query and basic", query: "access_token=a", auth: []string{"Basic dTpw"}, want: missing},
		{name: "other queries", query: "access_tokens=a&Access_token=b&x=access_token&%zz", auth: []string{"Bearer a"}, token: "a"},
	}
	for _, test := range tests {
		r := httptest.NewRequest(http.MethodGet, "/?"+test.query, nil)
		r.Header["Authorization"] = test.auth
		got, err := header(r)
		if got != test.token || cognito.CodeOf(err) != test.want {
			t.Errorf("%s: %q, %v; want %q, %q", test.name, got, err, test.token, string(test.want))
		}
	}
}

func TestSubprotocols(t *testing.T) {
	tests := []struct {
		offered []string
		token   string
		rest    string
		invalid bool
	}{
		{offered: nil},
		{offered: []string{"chat, superchat"}, rest: "chat superchat"},
		{offered: []string{"bearer, a.b.c"}, token: "a.b.c", rest: "bearer"},
		{offered: []string{"chat, bearer,\ta.b.c ,,superchat"}, token: "a.b.c", rest: "chat bearer superchat"},
		{offered: []string{"bearer", "a.b.c", "chat"}, token: "a.b.c", rest: "bearer chat"},
		{offered: []string{"Bearer, a.b.c"}, rest: "Bearer a.b.c"},
		{offered: []string{"bearer"}, invalid: true},
		{offered: []string{"chat, bearer"}, invalid: true},
		{offered: []string{"bearer, a, bearer, b"}, invalid: true},
		{offered: []string{"bearer, bearer"}, invalid: true},
		{offered: []string{"bearer, a b"}, invalid: true},
	}
	for _, test := range tests {
		token, rest, err := fromSubprotocols(listOf(test.offered), "bearer")
		if token != test.token || strings.Join(rest, " ") != test.rest || errors.Is(err, cognito.ErrRequestInvalid) != test.invalid {
			t.Errorf("%q: %q, %q, %v", test.offered, token, rest, err)
		}
	}
}

// b64token is credentials of RFC 6750 §2.1, written a second time.
var b64token = regexp.MustCompile(`\A[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9\-._~+/]+=*)\z`)

// otherScheme is any other auth-scheme of RFC 9110 §11.1, whatever follows.
var otherScheme = regexp.MustCompile("\\A[!#$%&'*+\\-.^_`|~0-9A-Za-z]+")

func FuzzCredential(f *testing.F) {
	for _, value := range []string{"", "Bearer a.b.c", "bearer  a==", "Bearer", "Bearer a, Bearer b", "Basic dTpw", "Bearer\ta", " ", "Bearer =", "\x00"} {
		f.Add(value, false)
		f.Add(value, true)
	}
	f.Fuzz(func(t *testing.T, value string, twice bool) {
		r := &http.Request{Header: http.Header{"Authorization": {value}}}
		if twice {
			r.Header.Add("Authorization", value)
		}
		token, err := header(r)
		match := b64token.FindStringSubmatch(value)
		found := ""
		var want cognito.Code
		switch {
		case twice:
			want = cognito.ErrRequestInvalid
		case len(match) == 2:
			found = match[1]
		case value == "":
			want = cognito.ErrTokenMissing
		case !otherScheme.MatchString(value) || strings.EqualFold(otherScheme.FindString(value), "bearer"):
			want = cognito.ErrRequestInvalid
		default:
			want = cognito.ErrTokenMissing
		}
		if cognito.CodeOf(err) != want {
			t.Errorf("%q: %v, want %q", value, err, string(want))
		}
		if token != found {
			t.Errorf("%q: token %q, want %q", value, token, found)
		}
		if err != nil && len(value) > 20 && strings.Contains(err.Error(), value) {
			t.Errorf("the error quotes the header: %v", err)
		}
	})
}
