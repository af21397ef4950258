package original_test

import (
	"net/http"
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/gateway/internal/original"
)

func TestCredentials(t *testing.T) {
	for name, test := range map[string]struct {
		target        string
		authorization []string
		token         cognito.Raw
		code          cognito.Code
	}{
		"none":                  {"/", nil, "", ""},
		"a token":               {"/?x=1", []string{"bearer a.b.c"}, "a.b.c", ""},
		"two":                   {"/", []string{"Bearer a.b.c", "Bearer a.b.c"}, "", cognito.ErrRequestInvalid},
		"joined":                {"/", []string{"Bearer a.b.c, Bearer a.b.c"}, "", cognito.ErrRequestInvalid},
		"another scheme":        {"/", []string{"Basic dTpw"}, "", cognito.ErrTokenMissing},
		"malformed":             {"/", []string{"Bearer a b"}, "", cognito.ErrRequestInvalid},
		"also in the query":     {"/?access_token=a.b.c", []string{"Bearer a.b.c"}, "", cognito.ErrRequestInvalid},
		"also escaped":          {"/?x&access%5ftoken=a.b.c", []string{"Bearer a.b.c"}, "", cognito.ErrRequestInvalid},
		"in the query only":     {"/?access_token=a.b.c", nil, "", cognito.ErrTokenMissing},
		"in the path, no query": {"/access_token=a.b.c", nil, "", ""},
	} {
		r := original.Request("GET", "api.example.com", test.target, http.Header{"Authorization": test.authorization})
		if r.Bearer.Token != test.token || cognito.CodeOf(r.Bearer.Err) != test.code {
			t.Errorf("%s: got %v, want %s", name, r.Bearer.Err, test.code)
		}
	}
}

// Programs that read one of them could read different ones.
func TestRepeatedHeadersEqualNoValue(t *testing.T) {
	r := original.Request("OPTIONS", "api.example.com", "/", http.Header{
		"Origin": {"https://app.example.com", "https://evil.example.com"}, "Access-Control-Request-Method": {"GET", "DELETE"},
	})
	if r.Origin != "https://app.example.com, https://evil.example.com" || r.AccessControlRequestMethod != "GET, DELETE" {
		t.Errorf("got %q, %q", r.Origin, r.AccessControlRequestMethod)
	}
}

func TestHeadersOfALoadBalancer(t *testing.T) {
	const data, identity, access = "X-Amzn-Oidc-Data", "X-Amzn-Oidc-Identity", "X-Amzn-Oidc-Accesstoken"
	for name, test := range map[string]struct {
		header http.Header
		bad    bool
	}{
		"one each":               {http.Header{data: {"d"}, identity: {"i"}, access: {"a"}}, false},
		"a subject with a comma": {http.Header{data: {"d"}, identity: {"i,j"}, access: {"a"}}, false},
		"two of data":            {http.Header{data: {"d", "e"}}, true},
		"joined data":            {http.Header{data: {"d,e"}}, true},
		"two identities":         {http.Header{data: {"d"}, identity: {"i", "j"}}, true},
		"two access tokens":      {http.Header{access: {"a", "b"}}, true},
	} {
		b := original.Request("GET", "a", "/", test.header).LoadBalancer
		if got := cognito.CodeOf(b.Err) == cognito.ErrRequestInvalid; got != test.bad || test.bad && b.Data != "" {
			t.Errorf("%s: got %+v", name, b)
		}
		if !test.bad && (b.Data != "d" || b.Identity != test.header[identity][0] || b.AccessToken != "a") {
			t.Errorf("%s: got %+v", name, b)
		}
	}
}
