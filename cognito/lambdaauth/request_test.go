package lambdaauth_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

type restEvent = lambdaauth.RESTEvent

// Which header counts must not depend on who looks.
func TestHeaderTricks(t *testing.T) {
	const missing, invalid = cognito.ErrTokenMissing, cognito.ErrRequestInvalid
	w := newWorld(t, lambdaauth.Config{WebSocketQuery: "token"})
	good := w.access()
	b := "Bearer " + good
	one := func(name, value string) func(*restEvent) {
		return func(e *restEvent) {
			e.Headers, e.MultiValueHeaders = map[string]string{name: value}, map[string][]string{name: {value}}
		}
	}
	query := func(name string, change func(*restEvent)) func(*restEvent) {
		return func(e *restEvent) {
			change(e)
			e.QueryStringParameters, e.MultiValueQueryStringParameters = map[string]string{name: good}, map[string][]string{name: {good}}
		}
	}
	for name, test := range map[string]struct {
		change          func(*restEvent)
		want, webSocket cognito.Code
	}{
		"as it is":                 {func(*restEvent) {}, "", ""},
		"another case":             {one("AUTHORIZATION", "bEARER   "+good), "", ""},
		"none":                     {one("X", b), missing, missing},
		"no headers":               {func(e *restEvent) { e.Headers, e.MultiValueHeaders = nil, nil }, missing, missing},
		"headers alone":            {func(e *restEvent) { e.MultiValueHeaders = nil }, "", ""},
		"lists alone":              {func(e *restEvent) { e.Headers = nil }, "", ""},
		"underscore":               {one("Authorization_", b), missing, missing},
		"Basic":                    {one("Authorization", "Basic dTpw"), missing, missing},
		"bare":                     {one("Authorization", good), missing, missing},
		"twice":                    {func(e *restEvent) { e.MultiValueHeaders["Authorization"] = []string{b, b} }, invalid, invalid},
		"Basic too":                {func(e *restEvent) { e.MultiValueHeaders["Authorization"] = []string{"Basic dTpw", b} }, invalid, invalid},
		"in two cases":             {func(e *restEvent) { e.MultiValueHeaders["authorization"] = []string{b} }, invalid, invalid},
		"in two cases, headers":    {func(e *restEvent) { e.MultiValueHeaders = nil; e.Headers["authorization"] = b }, invalid, invalid},
		"forms at odds":            {func(e *restEvent) { e.Headers["Authorization"] = "Bearer x" }, invalid, invalid},
		"in one form only":         {func(e *restEvent) { delete(e.Headers, "Authorization") }, invalid, invalid},
		"in the other form only":   {func(e *restEvent) { delete(e.MultiValueHeaders, "Authorization") }, invalid, invalid},
		"joined":                   {one("Authorization", b+","+b), invalid, invalid},
		"joined with a space":      {one("Authorization", b+", "+b), invalid, invalid},
		"line break":               {one("Authorization", b+"\r\nX: y"), invalid, invalid},
		"access_token":             {query("access_token", one("X", "y")), missing, missing},
		"access_token and header":  {query("access_token", func(*restEvent) {}), invalid, invalid},
		"the configured parameter": {query("token", one("X", "y")), missing, ""},
		"the same by case":         {query("Token", one("X", "y")), missing, missing},
		"parameter and header":     {query("token", func(*restEvent) {}), "", invalid},
		"parameter and malformed":  {query("token", one("Authorization", "Bearer")), invalid, invalid},
		"parameter and Basic":      {query("token", one("Authorization", "Basic dTpw")), missing, ""},
		"parameter twice": {func(e *restEvent) {
			query("token", one("X", "y"))(e)
			e.MultiValueQueryStringParameters["token"] = []string{good, good}
		}, missing, invalid},
		"parameter at odds": {func(e *restEvent) {
			query("token", one("X", "y"))(e)
			e.QueryStringParameters["token"] = "x"
		}, missing, invalid},
		"parameter with a scheme": {func(e *restEvent) {
			query("token", one("X", "y"))(e)
			e.QueryStringParameters["token"], e.MultiValueQueryStringParameters["token"] = b, []string{b}
		}, missing, invalid},
		"parameter with a space before": {func(e *restEvent) {
			query("token", one("X", "y"))(e)
			e.QueryStringParameters["token"], e.MultiValueQueryStringParameters["token"] = " "+good, []string{" " + good}
		}, missing, invalid},
		"both parameters": {func(e *restEvent) {
			query("token", one("X", "y"))(e)
			e.QueryStringParameters["access_token"], e.MultiValueQueryStringParameters["access_token"] = good, []string{good}
		}, missing, invalid},
	} {
		e := event[restEvent](t, "rest-request", good)
		test.change(&e)
		if _, err := w.RESTRequest(t.Context(), e); cognito.CodeOf(err) != test.want || err != nil && err.Error() != "Unauthorized" {
			t.Errorf("%s: %v, want %q", name, errors.Unwrap(err), string(test.want))
		}
		e = event[restEvent](t, "websocket-connect", good)
		test.change(&e)
		if _, err := w.WebSocketConnect(t.Context(), e); cognito.CodeOf(err) != test.webSocket || err != nil && err.Error() != "Unauthorized" {
			t.Errorf("%s, of a WebSocket: %v, want %q", name, errors.Unwrap(err), string(test.webSocket))
		}
	}
}

func TestQueryOfHTTPAPI(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	e := event[lambdaauth.HTTPEvent](t, "http-v2", w.access())
	e.RawQueryString = "a=b&access%5ftoken=x"
	if _, err := w.HTTPPolicy(t.Context(), e); cognito.CodeOf(err) != cognito.ErrRequestInvalid {
		t.Errorf("two ways: %v", err)
	}
}

// An event of the wrong kind is not a fault of the client. The answer must not be kept.
func TestWrongEvents(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	good := w.access()
	for name, call := range map[string]func() (any, error){
		"REQUEST as TOKEN": func() (any, error) {
			return w.RESTToken(t.Context(), event[events.APIGatewayCustomAuthorizerRequest](t, "rest-request", good))
		},
		"TOKEN as REQUEST": func() (any, error) { return w.RESTRequest(t.Context(), event[restEvent](t, "rest-token", good)) },
		"REST as WebSocket": func() (any, error) {
			return w.WebSocketConnect(t.Context(), event[restEvent](t, "rest-request", good))
		},
		"1.0 as 2.0": func() (any, error) {
			return w.HTTPPolicy(t.Context(), lambdaauth.HTTPEvent{APIGatewayV2CustomAuthorizerV2Request: events.APIGatewayV2CustomAuthorizerV2Request{Version: "1.0", Type: "REQUEST"}})
		},
		"1.0 as simple": func() (any, error) {
			return w.HTTPSimple(t.Context(), lambdaauth.HTTPEvent{APIGatewayV2CustomAuthorizerV2Request: events.APIGatewayV2CustomAuthorizerV2Request{Version: "1.0", Type: "REQUEST"}})
		},
		"nothing as 1.0": func() (any, error) {
			return w.HTTPv1(t.Context(), lambdaauth.HTTPv1Event{})
		},
		"stage *": func() (any, error) {
			e := event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", good)
			e.MethodArn = strings.Replace(e.MethodArn, "/prod/", "/*/", 1)
			return w.RESTToken(t.Context(), e)
		},
		"no ARN": func() (any, error) {
			e := event[lambdaauth.HTTPEvent](t, "http-v2", good)
			e.RouteArn = ""
			return w.HTTPSimple(t.Context(), e)
		},
	} {
		answer, err := call()
		checkRefusal(t, name, 500, answer, err)
	}
}

// A path with a wildcard in it is allowed by its route only.
func TestWildcardRequests(t *testing.T) {
	for _, caching := range []lambdaauth.Caching{lambdaauth.CachedByToken, lambdaauth.CachedByRoute, lambdaauth.NotCached} {
		for _, routes := range [][]lambdaauth.Route{{{Keys: []string{"GET /orders/{id}"}}}, {{Keys: []string{"GET /orders/{id}"}}, {Keys: []string{"GET /orders/{id}/audit"}, Allow: cognito.Denied}}} {
			w := newWorld(t, lambdaauth.Config{Caching: caching, Routes: routes})
			e := event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", w.access())
			stage := strings.TrimSuffix(e.MethodArn, "GET/orders/1")
			for _, path := range []string{"*", "orders/*", "orders/${*}", "orders/1?", "*/*/*"} {
				e.MethodArn = stage + "GET/" + path
				answer, err := w.RESTToken(t.Context(), e)
				if err != nil {
					t.Fatal(err)
				}
				for _, s := range answer.PolicyDocument.Statement {
					for _, resource := range s.Resource {
						if s.Effect == "Allow" && resource != stage+"GET/orders/*" {
							t.Errorf("%d %d %q: %+v", caching, len(routes), path, answer.PolicyDocument)
						}
					}
				}
			}
		}
	}
}

// TestSimpleAnswers: a kept true is used for every route, or every call of one.
func TestSimpleAnswers(t *testing.T) {
	admin := []cognito.Requirement{cognito.RequireGroups("admins")}
	table := []lambdaauth.Route{{Keys: []string{"GET /orders/{id}", "ANY /any"}}, {Keys: []string{"POST /any"}, Require: admin}}
	for name, test := range map[string]struct {
		caching lambdaauth.Caching
		routes  []lambdaauth.Route
		key     string
		arn     string
		groups  []string
		sources []string
		want    bool
		code    cognito.Code
	}{
		"no table":                  {routes: nil, want: true},
		"not every route":           {routes: table},
		"every route":               {routes: table, groups: []string{"admins"}, want: true},
		"one that is denied":        {routes: append(table, lambdaauth.Route{Keys: []string{"GET /x"}, Allow: cognito.Denied}), groups: []string{"admins"}},
		"not listed":                {routes: table[1:], groups: []string{"admins"}},
		"by route":                  {caching: lambdaauth.CachedByRoute, routes: table, want: true},
		"by route, not a source":    {caching: lambdaauth.CachedByRoute, routes: table, sources: []string{"Bearer TOKEN_HERE"}, code: cognito.ErrRequestInvalid},
		"by route, no table":        {caching: lambdaauth.CachedByRoute, want: true},
		"by route, ANY with others": {caching: lambdaauth.CachedByRoute, routes: table, key: "ANY /any", arn: "GET/any"},
		"by route, ANY of a later":  {caching: lambdaauth.CachedByRoute, routes: append(table[:2:2], lambdaauth.Route{Keys: []string{"ANY /all", "GET /all"}}), key: "ANY /all", arn: "GET/all", want: true},
		"by route, wider":           {caching: lambdaauth.CachedByRoute, routes: table, key: "ANY /{proxy+}", arn: "GET/orders/1"},
		"by route, narrower":        {caching: lambdaauth.CachedByRoute, routes: table, key: "GET /any", arn: "GET/any", want: true},
		"not cached":                {caching: lambdaauth.NotCached, routes: table, want: true},
		"not cached, the path's":    {caching: lambdaauth.NotCached, routes: table, key: "ANY /{proxy+}", arn: "POST/any"},
		"not cached, the key's":     {caching: lambdaauth.NotCached, routes: table, key: "POST /any", arn: "GET/orders/1"},
		"not cached, not listed":    {caching: lambdaauth.NotCached, routes: table, key: "$default", arn: "GET/x"},
	} {
		w := newWorld(t, lambdaauth.Config{Caching: test.caching, Routes: test.routes})
		token := w.access(cognitotest.Groups(test.groups...))
		e := event[lambdaauth.HTTPEvent](t, "http-v2", token)
		if test.key != "" {
			e.RouteKey, e.RouteArn = test.key, strings.Replace(e.RouteArn, "GET/orders/1", test.arn, 1)
			e.IdentitySource[1] = test.key
		}
		if test.sources != nil {
			e.IdentitySource = strings.Split(strings.ReplaceAll(strings.Join(test.sources, "\n"), "TOKEN_HERE", token), "\n")
		}
		answer, err := w.HTTPSimple(t.Context(), e)
		if answer.IsAuthorized != test.want || cognito.CodeOf(err) != test.code || (answer.Context != nil) != test.want {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
}

// The route that API Gateway names and the route of the path must both be allowed.
func TestRouteAndPathAtOdds(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Routes: []lambdaauth.Route{{Keys: []string{"GET /{proxy+}"}}, {Keys: []string{"GET /admin"}, Allow: cognito.Denied}}})
	e := event[restEvent](t, "rest-request", w.access())
	e.Resource, e.MethodArn = "/admin", strings.Replace(e.MethodArn, "orders/1", "%61dmin", 1)
	answer, err := w.RESTRequest(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	last := answer.PolicyDocument.Statement[len(answer.PolicyDocument.Statement)-1]
	if last.Effect != "Deny" || last.Resource[len(last.Resource)-1] != e.MethodArn {
		t.Errorf("%+v", answer.PolicyDocument)
	}
}

func TestAppSync(t *testing.T) {
	plain, prefixed := newWorld(t, lambdaauth.Config{}), newWorld(t, lambdaauth.Config{AppSync: lambdaauth.AppSync{Prefix: "custom-"}})
	token := plain.access()
	for value, want := range map[string][2]bool{
		token: {true, false}, "Bearer " + token: {true, false}, "bearer  " + token: {true, false}, "": {}, "Bearer": {}, " " + token: {}, token + " ": {},
		"Basic " + token: {}, token + "," + token: {}, token + "\n": {}, "custom-" + token: {false, true}, "custom- " + token: {false, true}, "Custom-" + token: {}, "custom-Bearer " + token: {}, "custom-": {},
		"custom-custom-" + token: {},
	} {
		for n, w := range []*world{plain, prefixed} {
			answer, err := w.AppSync(t.Context(), graphQL(strings.ReplaceAll(value, token, w.access())))
			if err != nil || answer.IsAuthorized != want[n] {
				t.Errorf("%.30q of %d: %+v, %v", value, n, answer, err)
			}
		}
	}
	for life, want := range map[time.Duration]int{time.Hour: 300, 300 * time.Second: 300, 90500 * time.Millisecond: 90, 999 * time.Millisecond: 0} {
		answer, err := plain.AppSync(t.Context(), graphQL(plain.access(cognitotest.Claim("exp", float64(noon.Add(life).UnixMilli())/1000))))
		if err != nil || *answer.TTLOverride != want {
			t.Errorf("%v: %+v, %v", life, answer, err)
		}
	}
	never := newWorld(t, lambdaauth.Config{AppSync: lambdaauth.AppSync{MaxTTL: -1}})
	if answer, err := never.AppSync(t.Context(), graphQL(never.access())); err != nil || *answer.TTLOverride != 0 {
		t.Errorf("%+v, %v", answer, err)
	}
}
