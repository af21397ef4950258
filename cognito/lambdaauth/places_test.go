package lambdaauth_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// set gives an event of REST or WebSocket APIs the headers, in both forms, and no Authorization.
func set(e *lambdaauth.RESTEvent, fields ...string) {
	delete(e.Headers, "Authorization")
	delete(e.MultiValueHeaders, "Authorization")
	for pair := range slices.Chunk(fields, 2) {
		name, value := pair[0], pair[1]
		e.Headers[name] = value // the last one
		e.MultiValueHeaders[name] = append(e.MultiValueHeaders[name], value)
	}
}

// codeOf returns the code of a REST answer: that of the error, or access_denied if the policy
// denies.
func codeOf(t *testing.T, answer events.APIGatewayCustomAuthorizerResponse, err error) cognito.Code {
	t.Helper()
	if err != nil {
		if err.Error() != "Unauthorized" {
			t.Errorf("not 401: %v", err)
		}
		return cognito.CodeOf(errors.Unwrap(err))
	}
	if answer.PolicyDocument.Statement[0].Effect == "Deny" {
		return cognito.ErrAccessDenied
	}
	return ""
}

func TestWebSocketSubprotocolHasTheToken(t *testing.T) {
	const missing, invalid = cognito.ErrTokenMissing, cognito.ErrRequestInvalid
	w := newWorld(t, lambdaauth.Config{WebSocketSubprotocol: "bearer", WebSocketQuery: "token"})
	good, protocol := w.access(), "Sec-WebSocket-Protocol"
	for name, test := range map[string]struct {
		fields []string
		want   cognito.Code
	}{
		"the token":             {[]string{protocol, "bearer, " + good}, ""},
		"among others":          {[]string{protocol, "chat,bearer," + good + ",v2"}, ""},
		"another case":          {[]string{"sec-websocket-protocol", "bearer, " + good}, ""},
		"in two headers":        {[]string{protocol, "bearer", protocol, good}, ""},
		"nothing":               {nil, missing},
		"other subprotocols":    {[]string{protocol, "chat"}, missing},
		"another name":          {[]string{protocol, "Bearer, " + good}, invalid},
		"the token alone":       {[]string{protocol, good}, invalid},
		"the name alone":        {[]string{protocol, "bearer"}, invalid},
		"two tokens":            {[]string{protocol, "bearer, " + good + ", " + good}, invalid},
		"twice":                 {[]string{protocol, "bearer, " + good, protocol, "bearer, " + good}, invalid},
		"the header too":        {[]string{protocol, "bearer, " + good, "Authorization", "Bearer " + good}, invalid},
		"in two cases":          {[]string{protocol, "bearer, " + good, "sec-websocket-protocol", "bearer, x"}, invalid},
		"a token of other kind": {[]string{protocol, "bearer, " + w.issuer.Pool().IDToken()}, cognito.ErrTokenUseMismatch},
	} {
		e := event[lambdaauth.RESTEvent](t, "websocket-connect", good)
		set(&e, test.fields...)
		answer, err := w.WebSocketConnect(t.Context(), e)
		if got := codeOf(t, answer, err); got != test.want {
			t.Errorf("%s: %v %v, want %q", name, got, err, string(test.want))
		}
		if strings.Contains(w.logs.String(), good[strings.LastIndexByte(good, '.')+1:]) {
			t.Errorf("%s: the token is in the log", name)
		}
	}
	e := event[lambdaauth.RESTEvent](t, "websocket-connect", good)
	set(&e, protocol, "bearer, "+good)
	e.QueryStringParameters, e.MultiValueQueryStringParameters = map[string]string{"token": good}, map[string][]string{"token": {good}}
	if answer, err := w.WebSocketConnect(t.Context(), e); codeOf(t, answer, err) != invalid {
		t.Errorf("the query too: %v", err)
	}
	e = event[lambdaauth.RESTEvent](t, "websocket-connect", good)
	set(&e, protocol, "bearer, "+good)
	e.MultiValueHeaders[protocol] = []string{"bearer, x"}
	if answer, err := w.WebSocketConnect(t.Context(), e); codeOf(t, answer, err) != invalid {
		t.Errorf("the two forms are at odds: %v", err)
	}
	e = event[lambdaauth.RESTEvent](t, "rest-request", good)
	set(&e, protocol, "bearer, "+good, "Connection", "Upgrade", "Upgrade", "websocket")
	if answer, err := w.RESTRequest(t.Context(), e); codeOf(t, answer, err) != missing {
		t.Errorf("a REST API: %v", err)
	}
	plain := newWorld(t, lambdaauth.Config{})
	e = event[lambdaauth.RESTEvent](t, "websocket-connect", good)
	set(&e, protocol, "bearer, "+good)
	if answer, err := plain.WebSocketConnect(t.Context(), e); codeOf(t, answer, err) != missing {
		t.Errorf("not configured: %v", err)
	}
}

// TestCookieOfAnotherSiteIsRefused: with 403, and the origin is that of the Host.
func TestCookieOfAnotherSiteIsRefused(t *testing.T) {
	const missing, invalid, denied = cognito.ErrTokenMissing, cognito.ErrRequestInvalid, cognito.ErrAccessDenied
	w := newWorld(t, lambdaauth.Config{Cookie: "__Host-token", CookieOrigins: []string{"https://www.example"}, Caching: lambdaauth.NotCached})
	good := w.access()
	token := "__Host-token=" + good
	for name, test := range map[string]struct {
		method string
		fields []string
		want   cognito.Code
	}{
		"GET":                       {"GET", []string{"Cookie", "a=b; " + token}, ""},
		"in two headers":            {"GET", []string{"cookie", token, "cookie", "a=b"}, ""},
		"a form":                    {"POST", []string{"Cookie", token, "Origin", "https://api.example", "Host", "api.example"}, ""},
		"a form by Sec-Fetch-Site":  {"POST", []string{"Cookie", token, "sec-fetch-site", "same-origin"}, ""},
		"a trusted origin":          {"POST", []string{"Cookie", token, "Origin", "https://www.example", "Host", "api.example"}, ""},
		"another site":              {"POST", []string{"Cookie", token, "Origin", "https://evil.example", "Host", "api.example"}, denied},
		"plain HTTP":                {"POST", []string{"Cookie", token, "Origin", "http://api.example", "Host", "api.example"}, denied},
		"a sibling, in lower case":  {"POST", []string{"cookie", token, "origin", "https://b.api.example", "host", "api.example"}, denied},
		"a form without the header": {"POST", []string{"Cookie", token}, denied},
		"an image":                  {"GET", []string{"Cookie", token, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors", "Sec-Fetch-Dest", "image"}, denied},
		"a link":                    {"GET", []string{"Cookie", token, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"}, ""},
		"a handshake":               {"GET", []string{"Cookie", token, "upgrade", "websocket"}, denied},
		"a handshake by its key":    {"GET", []string{"Cookie", token, "sec-websocket-key", "eA=="}, denied},
		"a handshake by version":    {"GET", []string{"Cookie", token, "Sec-WebSocket-Version", "13"}, denied},
		"a handshake of the origin": {"GET", []string{"Cookie", token, "Upgrade", "websocket", "Origin", "https://api.example", "Host", "api.example"}, ""},
		"two hosts":                 {"POST", []string{"Cookie", token, "Origin", "https://api.example", "Host", "api.example", "host", "api.example"}, denied},
		"two origins":               {"POST", []string{"Cookie", token, "Origin", "https://api.example", "origin", "https://api.example", "Host", "api.example"}, denied},
		"twice":                     {"GET", []string{"Cookie", token + "; " + token}, invalid},
		"twice, in two headers":     {"GET", []string{"Cookie", token, "Cookie", token}, invalid},
		"twice, in two cases":       {"GET", []string{"Cookie", token, "cookie", "__Host-token=x"}, invalid},
		"the header too":            {"GET", []string{"Cookie", token, "Authorization", "Bearer " + good}, invalid},
		"another cookie":            {"GET", []string{"Cookie", "token=" + good}, missing},
	} {
		e := event[lambdaauth.RESTEvent](t, "rest-request", good)
		delete(e.Headers, "Host")
		delete(e.MultiValueHeaders, "Host")
		set(&e, test.fields...)
		e.HTTPMethod = test.method
		answer, err := w.RESTRequest(t.Context(), e)
		if got := codeOf(t, answer, err); got != test.want {
			t.Errorf("%s: %v %v, want %q", name, got, err, string(test.want))
		}
	}
	for origin, want := range map[string]cognito.Code{
		"": denied, "https://evil.example": denied, "https://www.example": "", "https://abcdef1234.execute-api.us-east-1.amazonaws.com": "",
	} {
		e := event[lambdaauth.RESTEvent](t, "websocket-connect", good)
		set(&e, "Cookie", token)
		if origin != "" {
			set(&e, "Origin", origin)
		}
		answer, err := w.WebSocketConnect(t.Context(), e)
		if got := codeOf(t, answer, err); got != want {
			t.Errorf("a WebSocket from %q: %v %v, want %q", origin, got, err, string(want))
		}
	}
}

func TestCookiesOfHTTPAPIs(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{Cookie: "t", Caching: lambdaauth.NotCached})
	good := w.access()
	for name, test := range map[string]struct {
		method  string
		cookies []string
		origin  string
		want    bool
	}{
		"GET":            {"GET", []string{"a=b", "t=" + good}, "", true},
		"a form":         {"POST", []string{"t=" + good}, "https://api.example", true},
		"another site":   {"POST", []string{"t=" + good}, "https://evil.example", false},
		"without origin": {"POST", []string{"t=" + good}, "", false},
		"no method":      {"", []string{"t=" + good}, "https://api.example", false},
		"twice":          {"GET", []string{"t=" + good, "t=" + good}, "", false},
		"none":           {"GET", nil, "", false},
	} {
		e := event[lambdaauth.HTTPEvent](t, "http-v2", good)
		e.Cookies, e.Headers = test.cookies, map[string]string{"host": "api.example"}
		e.RequestContext.HTTP.Method = test.method
		if test.origin != "" {
			e.Headers["origin"] = test.origin
		}
		answer, err := w.HTTPSimple(t.Context(), e)
		if err != nil || answer.IsAuthorized != test.want {
			t.Errorf("%s: %v, %v", name, answer.IsAuthorized, err)
		}
	}
	for _, sign := range []string{"upgrade", "sec-websocket-key", "sec-websocket-version"} {
		e := event[lambdaauth.HTTPEvent](t, "http-v2", good)
		e.Cookies, e.Headers = []string{"t=" + good}, map[string]string{"host": "api.example", sign: "websocket"}
		if answer, err := w.HTTPSimple(t.Context(), e); err != nil || answer.IsAuthorized {
			t.Errorf("a WebSocket without origin, by %s: %v, %v", sign, answer.IsAuthorized, err)
		}
	}
	one := event[lambdaauth.HTTPv1Event](t, "http-v1", good)
	one.Headers = map[string]string{"Cookie": "t=" + good}
	if _, err := w.HTTPv1(t.Context(), one); cognito.CodeOf(err) != cognito.ErrTokenMissing {
		t.Errorf("format 1.0, which does not have all cookies: %v", err)
	}
}

func TestBareTokenIsOptInForEveryAPI(t *testing.T) {
	for _, bare := range []bool{true, false} {
		w := newWorld(t, lambdaauth.Config{BareAuthorization: bare, Caching: lambdaauth.NotCached})
		want := map[bool]cognito.Code{true: "", false: cognito.ErrTokenMissing}[bare]
		good := w.access()
		token := event[events.APIGatewayCustomAuthorizerRequest](t, "rest-token", good)
		token.AuthorizationToken = good
		if answer, err := w.RESTToken(t.Context(), token); codeOf(t, answer, err) != want {
			t.Errorf("%t, TOKEN: %v", bare, err)
		}
		for _, name := range []string{"rest-request", "websocket-connect"} {
			e := event[lambdaauth.RESTEvent](t, name, good)
			set(&e, "Authorization", good)
			handle := w.RESTRequest
			if name == "websocket-connect" {
				handle = w.WebSocketConnect
			}
			if answer, err := handle(t.Context(), e); codeOf(t, answer, err) != want {
				t.Errorf("%t, %s: %v", bare, name, err)
			}
		}
		e := event[lambdaauth.HTTPEvent](t, "http-v2", good)
		e.Headers = map[string]string{"authorization": good}
		if answer, err := w.HTTPSimple(t.Context(), e); err != nil || answer.IsAuthorized != bare {
			t.Errorf("%t, HTTP API: %v %v", bare, answer, err)
		}
	}
}

func TestFaultsOfThePlacesAreReported(t *testing.T) {
	_, err := lambdaauth.New(lambdaauth.Config{Cookie: "a b", CookieOrigins: []string{"x"}, WebSocketSubprotocol: "a,b"})
	for _, fault := range []string{"Config.Cookie \"a b\"", "Config.CookieOrigins[0]", "Config.WebSocketSubprotocol", "Config.Cookie needs Caching: NotCached"} {
		if err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%s is not in: %v", fault, err)
		}
	}
}
