package lambdaauth

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
)

// RESTToken answers the authorizers of type TOKEN of REST APIs. The token source must be
// the Authorization header.
//
// A bad token is an [*UnauthorizedError], status 401. A good token that is not enough
// gets a policy that denies, status 403. Any other error, for example if keys are
// unavailable, becomes a 500 that is not kept.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
func (a *Authorizer) RESTToken(ctx context.Context, event events.APIGatewayCustomAuthorizerRequest) (events.APIGatewayCustomAuthorizerResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if event.Type != "TOKEN" {
		return events.APIGatewayCustomAuthorizerResponse{}, a.unreadable(ctx, "RESTToken", `the type of the event is not "TOKEN"`)
	}
	r := request{handler: "RESTToken", arn: event.MethodArn}
	r.raw, r.err = message{headers: map[string]string{authorization: event.AuthorizationToken}}.credential(&a.places)
	return a.rest(ctx, r)
}

// RESTRequest answers the authorizers of type REQUEST of REST APIs, as
// [Authorizer.RESTToken] does. The Authorization header must be among the identity
// sources.
func (a *Authorizer) RESTRequest(ctx context.Context, event RESTEvent) (events.APIGatewayCustomAuthorizerResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if err := a.checkKind(ctx, "RESTRequest", event.kind, restRequestEvent); err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	if event.Type != "REQUEST" || isConnect(event.MethodArn) {
		return events.APIGatewayCustomAuthorizerResponse{}, a.unreadable(ctx, "RESTRequest", `the event is not of type "REQUEST" for a method`)
	}
	r := request{handler: "RESTRequest", arn: event.MethodArn, key: event.HTTPMethod + " " + event.Resource}
	m := messageOf(event)
	m.method = event.HTTPMethod
	r.raw, r.err = m.credential(&a.places)
	return a.rest(ctx, r)
}

// WebSocketConnect answers the authorizers of WebSocket APIs as [Authorizer.RESTToken]
// does. API Gateway calls them only for $connect. A connection stays open when its token
// expires: the integration reads expires_at in the context and closes it. If
// Config.Routes is set, it must contain "$connect".
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html
func (a *Authorizer) WebSocketConnect(ctx context.Context, event RESTEvent) (events.APIGatewayCustomAuthorizerResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if err := a.checkKind(ctx, "WebSocketConnect", event.kind, webSocketEvent); err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	if event.Type != "REQUEST" || !isConnect(event.MethodArn) {
		return events.APIGatewayCustomAuthorizerResponse{}, a.unreadable(ctx, "WebSocketConnect", `the event is not of type "REQUEST" for $connect`)
	}
	r := request{handler: "WebSocketConnect", arn: event.MethodArn}
	m := messageOf(event)
	m.webSocket = true
	r.raw, r.err = m.credentialOr(a.config.WebSocketQuery, &a.places)
	return a.rest(ctx, r)
}

func messageOf(event RESTEvent) message {
	return message{
		headers: event.Headers, allHeaders: event.MultiValueHeaders,
		query: event.QueryStringParameters, allQuery: event.MultiValueQueryStringParameters,
	}
}

func (a *Authorizer) rest(ctx context.Context, r request) (events.APIGatewayCustomAuthorizerResponse, error) {
	d, err := a.decide(ctx, r)
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	response := events.APIGatewayCustomAuthorizerResponse{PrincipalID: d.principal, PolicyDocument: d.policy, Context: d.context}
	if d.token != nil && a.config.UsageIdentifierKey != nil {
		response.UsageIdentifierKey = a.config.UsageIdentifierKey(d.token)
	}
	return response, nil
}
