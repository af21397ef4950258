package lambdaauth_test

import (
	"testing"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// TestTokenInTheQuery: only the configured parameter counts, and a second token in the query is seen in
// either form of the event.
func TestTokenInTheQuery(t *testing.T) {
	const missing, invalid = cognito.ErrTokenMissing, cognito.ErrRequestInvalid
	for name, test := range map[string]struct {
		parameter   string
		query       map[string]string
		all         map[string][]string
		want        cognito.Code
		headerToken bool
	}{
		"not configured":             {query: map[string]string{"": "TOKEN"}, all: map[string][]string{"": {"TOKEN"}}, want: missing},
		"called access_token":        {parameter: "access_token", query: map[string]string{"access_token": "TOKEN"}, all: map[string][]string{"access_token": {"TOKEN"}}},
		"one form":                   {parameter: "t", query: map[string]string{"t": "TOKEN"}},
		"the other form":             {parameter: "t", all: map[string][]string{"t": {"TOKEN"}}},
		"access_token, one form":     {parameter: "t", query: map[string]string{"t": "TOKEN", "access_token": "x"}, want: invalid},
		"access_token, the other":    {parameter: "t", all: map[string][]string{"t": {"TOKEN"}, "access_token": {"x"}}, want: invalid},
		"empty":                      {parameter: "t", query: map[string]string{"t": ""}, want: invalid},
		"no value in a list":         {parameter: "t", query: map[string]string{}, all: map[string][]string{"t": {}}, want: missing},
		"a value in one form only":   {parameter: "t", query: map[string]string{"t": "TOKEN"}, all: map[string][]string{"t": {}}, want: invalid},
		"an empty one in the lists":  {parameter: "t", query: map[string]string{}, all: map[string][]string{"t": {""}}, want: invalid},
		"an empty one, no list":      {parameter: "t", query: map[string]string{"t": ""}, all: map[string][]string{}, want: invalid},
		"two, the last one in both":  {parameter: "t", query: map[string]string{"t": "TOKEN"}, all: map[string][]string{"t": {"x", "TOKEN"}}, want: invalid},
		"two, another one in both":   {parameter: "t", query: map[string]string{"t": "x"}, all: map[string][]string{"t": {"x", "TOKEN"}}, want: invalid},
		"and a header":               {parameter: "t", query: map[string]string{"t": "TOKEN"}, want: invalid, headerToken: true},
		"another parameter, a token": {parameter: "t", query: map[string]string{"u": "TOKEN"}, want: missing},
	} {
		w := newWorld(t, lambdaauth.Config{WebSocketQuery: test.parameter})
		token := w.access()
		e := event[lambdaauth.RESTEvent](t, "websocket-connect", token)
		if !test.headerToken {
			set(&e)
		}
		e.QueryStringParameters, e.MultiValueQueryStringParameters = test.query, test.all
		for name, value := range test.query {
			if value == "TOKEN" {
				test.query[name] = token
			}
		}
		for _, list := range test.all {
			for n := range list {
				if list[n] == "TOKEN" {
					list[n] = token
				}
			}
		}
		want, wantAll := len(test.query), len(test.all)
		if answer, err := w.WebSocketConnect(t.Context(), e); codeOf(t, answer, err) != test.want {
			t.Errorf("%s: %v, want %q", name, err, string(test.want))
		}
		if len(test.query) != want || len(test.all) != wantAll {
			t.Errorf("%s: the event has changed: %v, %v", name, test.query, test.all)
		}
	}
}

// TestFormsOfAnEventMustAgree: for each spelling of a name, the last value of the lists is the other
// form's.
func TestFormsOfAnEventMustAgree(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Cookie: "t", Caching: lambdaauth.NotCached})
	good := w.access()
	token := "t=" + good
	for name, test := range map[string]struct {
		last map[string]string
		all  map[string][]string
		want bool
	}{
		"one header":                {map[string]string{"Cookie": token}, map[string][]string{"Cookie": {token}}, true},
		"two headers":               {map[string]string{"Cookie": "a=b"}, map[string][]string{"Cookie": {token, "a=b"}}, true},
		"two spellings":             {map[string]string{"Cookie": token, "cookie": "a=b"}, map[string][]string{"Cookie": {token}, "cookie": {"a=b"}}, true},
		"the first one":             {map[string]string{"Cookie": token}, map[string][]string{"Cookie": {token, "a=b"}}, false},
		"another value":             {map[string]string{"Cookie": token}, map[string][]string{"Cookie": {"a=b", "c=d"}}, false},
		"one spelling of two":       {map[string]string{"Cookie": token}, map[string][]string{"Cookie": {token}, "cookie": {"a=b"}}, false},
		"one spelling of two, last": {map[string]string{"Cookie": token, "cookie": "a=b"}, map[string][]string{"Cookie": {token}}, false},
		"swapped spellings":         {map[string]string{"Cookie": "a=b", "cookie": token}, map[string][]string{"Cookie": {token}, "cookie": {"a=b"}}, false},
		"an empty one in a list":    {map[string]string{}, map[string][]string{"Cookie": {""}}, false},
		"the lists alone":           {nil, map[string][]string{"Cookie": {"a=b", token}}, true},
		"the last values alone":     {map[string]string{"Cookie": token}, nil, true},
	} {
		e := event[lambdaauth.RESTEvent](t, "rest-request", good)
		e.Headers, e.MultiValueHeaders = test.last, test.all
		answer, err := w.RESTRequest(t.Context(), e)
		want := cognito.ErrRequestInvalid
		if test.want {
			want = ""
		}
		if got := codeOf(t, answer, err); got != want {
			t.Errorf("%s: %v %v, want %q", name, got, err, string(want))
		}
	}
}
