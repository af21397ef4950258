package lambdaauth

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/aws-lambda-go/events"
)

// A RESTEvent is the event of a REST API's authorizer of type REQUEST, or of a WebSocket API.
//
// The event types of this package have the fields of package events. They also decode the events of
// other kinds of authorizer, so that handlers can refuse them with an error that says what is wrong.
type RESTEvent struct {
	events.APIGatewayCustomAuthorizerRequestTypeRequest
	kind eventKind
}

// An HTTPv1Event is the event of an HTTP API with payload format 1.0.
type HTTPv1Event struct {
	events.APIGatewayV2CustomAuthorizerV1Request
	kind eventKind
}

// An HTTPEvent is the event of an HTTP API with payload format 2.0.
type HTTPEvent struct {
	events.APIGatewayV2CustomAuthorizerV2Request
	kind eventKind
}

// An AppSyncEvent is the event of an AppSync GraphQL API.
type AppSyncEvent struct {
	events.AppSyncLambdaAuthorizerRequest
	kind eventKind
}

// An AppSyncEventsEvent is the event of an AppSync Event API.
//
// https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
type AppSyncEventsEvent struct {
	AuthorizationToken string               `json:"authorizationToken"`
	RequestContext     AppSyncEventsContext `json:"requestContext"`
	RequestHeaders     map[string]string    `json:"requestHeaders"`
	kind               eventKind
}

// An AppSyncEventsContext says which operation is asked about. Channel and ChannelNamespaceName are ""
// for EVENT_CONNECT.
type AppSyncEventsContext struct {
	APIID                string `json:"apiId"`
	AccountID            string `json:"accountId"`
	RequestID            string `json:"requestId"`
	Operation            string `json:"operation"`
	ChannelNamespaceName string `json:"channelNamespaceName"`
	Channel              string `json:"channel"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *RESTEvent) UnmarshalJSON(text []byte) error {
	*e = RESTEvent{kind: kindOf(text)}
	return decodeEvent(text, e.kind, &e.APIGatewayCustomAuthorizerRequestTypeRequest, restRequestEvent, webSocketEvent)
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *HTTPv1Event) UnmarshalJSON(text []byte) error {
	*e = HTTPv1Event{kind: kindOf(text)}
	return decodeEvent(text, e.kind, &e.APIGatewayV2CustomAuthorizerV1Request, httpV1Event)
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *HTTPEvent) UnmarshalJSON(text []byte) error {
	*e = HTTPEvent{kind: kindOf(text)}
	return decodeEvent(text, e.kind, &e.APIGatewayV2CustomAuthorizerV2Request, httpV2Event)
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *AppSyncEvent) UnmarshalJSON(text []byte) error {
	*e = AppSyncEvent{kind: kindOf(text)}
	return decodeEvent(text, e.kind, &e.AppSyncLambdaAuthorizerRequest, appSyncEvent)
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *AppSyncEventsEvent) UnmarshalJSON(text []byte) error {
	type plain AppSyncEventsEvent
	*e = AppSyncEventsEvent{kind: kindOf(text)}
	return decodeEvent(text, e.kind, (*plain)(e), appSyncEventsEvent)
}

// decodeEvent decodes an event of one of the kinds. Other events stay empty: their members may have
// other types, for which an error of the decoder would say nothing about the reason.
func decodeEvent(text []byte, kind eventKind, dst any, kinds ...eventKind) error {
	for _, k := range kinds {
		if k == kind {
			return json.Unmarshal(text, dst) //nolint:forbidigo // an event of AWS, which the runtime reads the same way
		}
	}
	return nil
}

// An eventKind is the kind of authorizer that an event is for.
type eventKind uint8

const (
	anyEvent     eventKind = iota // made in Go, not decoded
	unknownEvent                  // of no Lambda authorizer
	restTokenEvent
	restRequestEvent
	webSocketEvent
	httpV1Event
	httpV2Event
	appSyncEvent
	appSyncEventsEvent
)

// eventKinds have what messages say about each kind: what it is, and its handlers.
var eventKinds = [...]struct{ what, handlers string }{
	unknownEvent:       {"an event of no Lambda authorizer", ""},
	restTokenEvent:     {"an event of a REST API (type TOKEN)", "RESTToken"},
	restRequestEvent:   {"an event of a REST API (type REQUEST)", "RESTRequest"},
	webSocketEvent:     {"an event of a WebSocket API ($connect)", "WebSocketConnect"},
	httpV1Event:        {"an event of an HTTP API (payload format 1.0)", "HTTPv1"},
	httpV2Event:        {"an event of an HTTP API (payload format 2.0)", "HTTPPolicy or HTTPSimple"},
	appSyncEvent:       {"an event of an AppSync GraphQL API", "AppSync"},
	appSyncEventsEvent: {"an event of an AppSync Event API", "AppSyncEvents"},
}

// kindOf returns the kind of an event by the members that AWS documents for it. It compares their names
// exactly.
//
// The events of REST APIs have no version at AWS. Those of "sam local start-api" have "1.0" (seen in
// aws-sam-cli, documented nowhere). Of the two with that version, only HTTP APIs name an identity
// source, and only REST APIs have headers with several values.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
//   - https://docs.aws.amazon.com/appsync/latest/devguide/security-authz.html
//   - https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
func kindOf(text []byte) eventKind {
	event := members(text)
	_, hasVersion := event["version"]
	_, hasType := event["type"]
	_, hasToken := event["authorizationToken"]
	_, hasSource := event["identitySource"]
	_, hasAllHeaders := event["multiValueHeaders"]
	request := members(event["requestContext"])
	switch version, kind := textOf(event["version"]), textOf(event["type"]); {
	case version == "2.0" && kind == "REQUEST":
		return httpV2Event
	case version == "1.0" && kind == "REQUEST" && (hasSource || !hasAllHeaders):
		return httpV1Event
	case version == "1.0" && kind == "REQUEST":
		return restRequestEvent
	case hasVersion:
		return unknownEvent
	case kind == "TOKEN":
		return restTokenEvent
	case kind == "REQUEST" && isConnect(textOf(event["methodArn"])):
		return webSocketEvent
	case kind == "REQUEST":
		return restRequestEvent
	case hasType || !hasToken || request == nil:
		return unknownEvent
	}
	for _, name := range []string{"operation", "channel", "channelNamespaceName"} {
		if _, ok := request[name]; ok {
			return appSyncEventsEvent
		}
	}
	return appSyncEvent
}

// members returns the members of a JSON object, nil for any other value.
func members(text json.RawMessage) (object map[string]json.RawMessage) {
	_ = json.Unmarshal(text, &object) //nolint:forbidigo // an event of AWS; what is not an object has no members
	return object
}

// textOf returns a JSON string, "" for any other value.
func textOf(value json.RawMessage) (text string) {
	_ = json.Unmarshal(value, &text) //nolint:forbidigo // an event of AWS; what is not a string is not compared
	return text
}

// isConnect reports whether an ARN is that of $connect. The path of a REST API may end in /$connect
// too, but comes after a method.
func isConnect(arn string) bool {
	parts := strings.SplitN(arn, "/", 3)
	return len(parts) == 3 && parts[2] == "$connect"
}

// checkKind returns an error for an event of another kind than want.
func (a *Authorizer) checkKind(ctx context.Context, handler string, kind, want eventKind) error {
	if kind == want || kind == anyEvent {
		return nil
	}
	why := fmt.Sprintf("the event is of the wrong kind: got %s, want %s", eventKinds[kind].what, eventKinds[want].what)
	if handlers := eventKinds[kind].handlers; handlers != "" {
		why += "; use Authorizer." + handlers + ", or change the settings of the API's authorizer"
	}
	return a.unreadable(ctx, handler, why)
}
