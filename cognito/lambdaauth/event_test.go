package lambdaauth_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/lambdaauth"
)

// handlers are all handlers, as lambda.Start gets them.
func (w *world) handlers() map[string]any {
	return map[string]any{
		"RESTToken": w.RESTToken, "RESTRequest": w.RESTRequest, "WebSocketConnect": w.WebSocketConnect,
		"HTTPv1": w.HTTPv1, "HTTPPolicy": w.HTTPPolicy, "HTTPSimple": w.HTTPSimple,
		"AppSync": w.AppSync, "AppSyncEvents": w.AppSyncEvents,
	}
}

// TestEveryHandlerRefusesTheEventsOfEveryOther goes the way of the runtime: the bytes of an event are
// decoded for the handler. No pair of a handler and another handler's event may allow anything, and the
// error is one of this package, in the log too.
func TestEveryHandlerRefusesTheEventsOfEveryOther(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	token := w.access()
	read := func(kind string) string { return string(rawEvent(t, kind, token)) }
	own := map[string][]string{
		"rest-token": {"RESTToken"}, "rest-request": {"RESTRequest"}, "websocket-connect": {"WebSocketConnect"},
		"http-v1": {"HTTPv1"}, "http-v2": {"HTTPPolicy", "HTTPSimple"}, "appsync": {"AppSync"},
		"appsync-connect": {"AppSyncEvents"}, "appsync-subscribe": {"AppSyncEvents"}, "appsync-publish": {"AppSyncEvents"},
		// A path of a REST API that looks like the route of a WebSocket API.
		"REST /$connect": {"RESTRequest"},
		// A REST API in sam local start-api, and an HTTP API without identity sources.
		"REST with a version": {"RESTRequest"}, "HTTP without sources": {"HTTPv1"}, "HTTP with all headers": {"HTTPv1"},
		"WebSocket with a version": nil,
		// A GraphQL connection without a query.
		"GraphQL without a query":           {"AppSync"},
		"an Events operation of the future": nil, "Events with null members": nil, "version 3.0": nil, "S3": nil, "{}": nil, "null": nil,
	}
	texts := map[string]string{
		"REST /$connect":                    strings.ReplaceAll(read("rest-request"), "GET/orders/1", "GET/$connect"),
		"REST with a version":               strings.Replace(read("rest-request"), "{", `{"version":"1.0",`, 1),
		"HTTP without sources":              strings.Replace(read("http-v1"), `"identitySource"`, `"x"`, 1),
		"HTTP with all headers":             strings.Replace(read("http-v1"), "{", `{"multiValueHeaders":{"Authorization":["Bearer `+token+`"]},`, 1),
		"WebSocket with a version":          strings.Replace(read("websocket-connect"), "{", `{"version":"1.0",`, 1),
		"GraphQL without a query":           `{"authorizationToken":"` + token + `","requestContext":{"apiId":"a","accountId":"123456789012","requestId":"r","queryString":"","operationName":null,"variables":{}}}`,
		"an Events operation of the future": strings.Replace(read("appsync-publish"), "EVENT_PUBLISH", "EVENT_DELETE", 1),
		"Events with null members":          `{"authorizationToken":"` + token + `","requestContext":{"operation":null,"channel":null}}`,
		"version 3.0":                       strings.Replace(read("http-v2"), `"2.0"`, `"3.0"`, 1),
		"{}":                                "{}", "null": "null",
		"S3": `{"Records":[{"eventSource":"aws:s3","s3":{"bucket":{"name":"b"}}}]}`,
	}
	// What the error says about events that no other has the form of.
	what := map[string]string{
		"rest-token": "a REST API (type TOKEN)", "rest-request": "a REST API (type REQUEST)", "REST /$connect": "a REST API (type REQUEST)", "REST with a version": "a REST API (type REQUEST)",
		"websocket-connect": "a WebSocket API", "http-v1": "payload format 1.0", "http-v2": "payload format 2.0", "appsync": "an AppSync GraphQL API", "version 3.0": "of no Lambda authorizer", "S3": "of no Lambda authorizer",
	}
	for kind, handlers := range own {
		text, ok := texts[kind]
		if !ok {
			text = read(kind)
		}
		for name, handler := range w.handlers() {
			w.issuer.Clock().Advance(time.Second) // warnings are limited
			before := len(w.logs.String())
			answer, err := lambda.NewHandler(handler).Invoke(t.Context(), []byte(text))
			if slices.Contains(handlers, name) {
				if err != nil || strings.Contains(string(answer), `"isAuthorized":false`) {
					t.Errorf("%s gets %s: %s, %v", name, kind, answer, err)
				}
				continue
			}
			var typed *cognito.Error
			if !errors.As(err, &typed) || typed.Code() != cognito.ErrRequestInvalid || len(answer) > 0 {
				t.Errorf("%s gets %s: %s, %v", name, kind, answer, err)
			}
			// Package events has no kind for RESTToken.
			if err != nil && name != "RESTToken" && !strings.Contains(err.Error(), what[kind]) {
				t.Errorf("%s gets %s: %v does not say %q", name, kind, err, what[kind])
			}
			if line := w.logs.String()[before:]; !strings.Contains(line, `"WARN"`) || !strings.Contains(line, `"`+name+`"`) {
				t.Errorf("%s gets %s: logged %q", name, kind, line)
			}
		}
	}
}

// The refusal says which handler is right.
func TestRefusalOfAnEventNamesItsHandler(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	_, err := lambda.NewHandler(w.HTTPSimple).Invoke(t.Context(), rawEvent(t, "http-v1", w.access()))
	const want = "the event is of the wrong kind: got an event of an HTTP API (payload format 1.0), want an event of an HTTP API (payload format 2.0); use Authorizer.HTTPv1"
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// An event that was decoded and encoded again stays the same event.
func TestEventsOfThisPackageHaveTheFieldsOfAWS(t *testing.T) {
	text := rawEvent(t, "http-v2", "T")
	var e, again lambdaauth.HTTPEvent
	if err := json.Unmarshal(text, &e); err != nil || e.RouteKey != "GET /orders/{id}" || e.RequestContext.APIID != "abcdef1234" {
		t.Fatalf("%+v, %v", e, err)
	}
	out, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, &again); err != nil || again.RouteArn != e.RouteArn || len(again.IdentitySource) != 2 {
		t.Errorf("%s: %v", out, err)
	}
}

// TestEventsMadeInGoAreChecked: an event that was not decoded has no kind, so its type and version
// decide.
func TestEventsMadeInGoAreChecked(t *testing.T) {
	w := newWorld(t, lambdaauth.Config{})
	token := w.access()
	rest, webSocket := event[lambdaauth.RESTEvent](t, "rest-request", token), event[lambdaauth.RESTEvent](t, "websocket-connect", token)
	v1, v2 := event[lambdaauth.HTTPv1Event](t, "http-v1", token), event[lambdaauth.HTTPEvent](t, "http-v2", token)
	rest = lambdaauth.RESTEvent{APIGatewayCustomAuthorizerRequestTypeRequest: rest.APIGatewayCustomAuthorizerRequestTypeRequest}
	webSocket = lambdaauth.RESTEvent{APIGatewayCustomAuthorizerRequestTypeRequest: webSocket.APIGatewayCustomAuthorizerRequestTypeRequest}
	v1 = lambdaauth.HTTPv1Event{APIGatewayV2CustomAuthorizerV1Request: v1.APIGatewayV2CustomAuthorizerV1Request}
	v2 = lambdaauth.HTTPEvent{APIGatewayV2CustomAuthorizerV2Request: v2.APIGatewayV2CustomAuthorizerV2Request}
	type call = func() (any, error)
	calls := func() map[string]call {
		rest, webSocket, v1, v2 := rest, webSocket, v1, v2
		return map[string]call{
			"RESTRequest":      func() (any, error) { return w.RESTRequest(t.Context(), rest) },
			"WebSocketConnect": func() (any, error) { return w.WebSocketConnect(t.Context(), webSocket) },
			"HTTPv1":           func() (any, error) { return w.HTTPv1(t.Context(), v1) },
			"HTTPPolicy":       func() (any, error) { return w.HTTPPolicy(t.Context(), v2) },
			"HTTPSimple":       func() (any, error) { return w.HTTPSimple(t.Context(), v2) },
		}
	}
	for name, handle := range calls() {
		if answer, err := handle(); err != nil {
			t.Errorf("%s: %+v, %v", name, answer, err)
		}
	}
	connect, method := webSocket.MethodArn, rest.MethodArn
	for fault, change := range map[string]func(){
		"type":    func() { rest.Type, webSocket.Type, v1.Type, v2.Type = "TOKEN", "TOKEN", "TOKEN", "TOKEN" },
		"version": func() { v1.Version, v2.Version = "2.0", "1.0" },
		"method":  func() { rest.MethodArn, webSocket.MethodArn = connect, method },
	} {
		rest.Type, webSocket.Type, v1.Type, v2.Type = "REQUEST", "REQUEST", "REQUEST", "REQUEST"
		v1.Version, v2.Version, rest.MethodArn, webSocket.MethodArn = "1.0", "2.0", method, connect
		change()
		for name, handle := range calls() {
			if fault == "version" == strings.HasPrefix(name, "HTTP") || fault == "type" {
				answer, err := handle()
				checkRefusal(t, fault+" of "+name, 500, answer, err)
				if err == nil || !strings.Contains(err.Error(), `the event is not of type "REQUEST"`) {
					t.Errorf("%s of %s: %v", fault, name, err)
				}
			}
		}
	}
}

// TestMembersOfAnotherTypeAreErrors in an event of the right kind.
func TestMembersOfAnotherTypeAreErrors(t *testing.T) {
	for name, dst := range map[string]any{
		"rest-request": &lambdaauth.RESTEvent{}, "websocket-connect": &lambdaauth.RESTEvent{}, "http-v1": &lambdaauth.HTTPv1Event{}, "http-v2": &lambdaauth.HTTPEvent{},
		"appsync": &lambdaauth.AppSyncEvent{}, "appsync-publish": &lambdaauth.AppSyncEventsEvent{},
	} {
		text := string(rawEvent(t, name, "T"))
		text = strings.ReplaceAll(text, `"abcdef1234"`, "1")
		text = strings.ReplaceAll(text, `"apiId": "giy7kumfmvcqvbedntjwjvagii"`, `"apiId": 1`)
		if err := json.Unmarshal([]byte(text), dst); err == nil {
			t.Errorf("%s is decoded: %+v", name, dst)
		}
	}
}
