package lambdaauth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
)

// HTTPPolicy answers the authorizers of HTTP APIs with payload format 2.0 and policies
// (simple responses off). Its errors and policies are those of [Authorizer.RESTToken].
// Config.DenyBadTokens turns some errors into policies.
//
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
func (a *Authorizer) HTTPPolicy(ctx context.Context, event HTTPEvent) (events.APIGatewayV2CustomAuthorizerIAMPolicyResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if err := a.checkV2(ctx, "HTTPPolicy", event); err != nil {
		return events.APIGatewayV2CustomAuthorizerIAMPolicyResponse{}, err
	}
	r := a.requestOf("HTTPPolicy", event)
	if err := a.checkSources(ctx, r, event.IdentitySource); err != nil {
		return events.APIGatewayV2CustomAuthorizerIAMPolicyResponse{}, err
	}
	d, err := a.decideHTTP(ctx, r)
	if err != nil {
		return events.APIGatewayV2CustomAuthorizerIAMPolicyResponse{}, err
	}
	return events.APIGatewayV2CustomAuthorizerIAMPolicyResponse{PrincipalID: d.principal, PolicyDocument: d.policy, Context: d.context}, nil
}

// HTTPv1 answers the authorizers of HTTP APIs with payload format 1.0, which accept only
// policies, as [Authorizer.HTTPPolicy] does. The type of the event has one value for each
// header, so of two Authorization headers it may show only the last one. Format 2.0 joins
// the two, and they are refused.
func (a *Authorizer) HTTPv1(ctx context.Context, event HTTPv1Event) (events.APIGatewayCustomAuthorizerResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if err := a.checkKind(ctx, "HTTPv1", event.kind, httpV1Event); err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	if event.Version != "1.0" || event.Type != "REQUEST" {
		return events.APIGatewayCustomAuthorizerResponse{}, a.unreadable(ctx, "HTTPv1", `the event is not of type "REQUEST", version "1.0"`)
	}
	r := request{handler: "HTTPv1", arn: event.MethodArn, key: event.HTTPMethod + " " + event.Resource}
	r.raw, r.err = message{headers: event.Headers, query: event.QueryStringParameters}.credential(&a.places)
	if event.IdentitySource != "" {
		if err := a.checkSources(ctx, r, []string{event.IdentitySource}); err != nil {
			return events.APIGatewayCustomAuthorizerResponse{}, err
		}
	}
	d, err := a.decideHTTP(ctx, r)
	if err != nil {
		return events.APIGatewayCustomAuthorizerResponse{}, err
	}
	return events.APIGatewayCustomAuthorizerResponse{PrincipalID: d.principal, PolicyDocument: d.policy, Context: d.context}, nil
}

func (a *Authorizer) decideHTTP(ctx context.Context, r request) (*decision, error) {
	d, err := a.decide(ctx, r)
	var unauthorized *UnauthorizedError
	if a.config.DenyBadTokens && errors.As(err, &unauthorized) {
		arn, err := parseMethodARN(r.arn)
		return &decision{principal: anonymousPrincipal, policy: policy{}.document(arn)}, err
	}
	return d, err
}

// HTTPSimple answers the authorizers of HTTP APIs with payload format 2.0 and simple
// responses. A status 401 is not possible: a bad token gets false, a 403, and so does a
// good token that is not enough. If the token cannot be checked, the answer is an error,
// a 500 that is not kept.
//
// API Gateway uses a kept true for every route. By default, only a token that meets every
// Route in the table gets true, and no token gets it if a route is denied. With
// CachedByRoute in Config.Caching, the route must be among the identity sources of the
// event.
func (a *Authorizer) HTTPSimple(ctx context.Context, event HTTPEvent) (events.APIGatewayV2CustomAuthorizerSimpleResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	if err := a.checkV2(ctx, "HTTPSimple", event); err != nil {
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, err
	}
	r := a.requestOf("HTTPSimple", event)
	if err := a.checkSources(ctx, r, event.IdentitySource); err != nil {
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, err
	}
	arn, err := parseMethodARN(r.arn)
	if err != nil {
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, a.unreadable(ctx, r.handler, "the ARN of the event "+err.Error())
	}
	if a.config.Caching == CachedByRoute && !slices.Contains(event.IdentitySource, event.RouteKey) {
		// API Gateway is configured otherwise: it would use the answer for all routes.
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, a.unreadable(ctx, r.handler, "$context.routeKey is not among the identity sources, against Config.Caching")
	}
	token, err := a.authenticate(ctx, a.use, r.raw, r.err)
	if err == nil {
		err = a.meetsSimply(ctx, token, arn, event.RouteKey)
	}
	if err != nil {
		refusal := refusal(err)
		a.log(ctx, r.handler, refusal)
		if refusal.status == http.StatusServiceUnavailable {
			return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, &failedError{refusal.cause}
		}
		return events.APIGatewayV2CustomAuthorizerSimpleResponse{}, nil
	}
	answer := events.APIGatewayV2CustomAuthorizerSimpleResponse{IsAuthorized: true, Context: a.contextOf(token.subject)}
	a.checkContextSize(ctx, r.handler, answer.Context)
	return answer, nil
}

// meetsSimply returns nil if true is right for all calls that API Gateway will use it
// for.
func (a *Authorizer) meetsSimply(ctx context.Context, token *bearerToken, arn methodARN, key string) error {
	if a.routes.isEmpty() {
		return nil
	}
	if err := a.meetsAll(ctx, token, a.routes.rulesFor(arn.call, key)); err != nil {
		return err
	}
	switch a.config.Caching {
	case NotCached:
		return nil
	case CachedByRoute:
		if _, ok := a.routes.ruleOfAll(key); !ok {
			return cognito.NewError(cognito.ErrAccessDenied, "the route of the API covers more than the routes of the table")
		}
		return nil
	default:
	}
	met, err := a.met(ctx, token) // none with an error
	if slices.Contains(met, false) {
		return cognito.NewError(cognito.ErrAccessDenied, "the token may not call every route, and the answer would be used for all of them")
	}
	return err
}

func (a *Authorizer) checkV2(ctx context.Context, handler string, event HTTPEvent) error {
	if err := a.checkKind(ctx, handler, event.kind, httpV2Event); err != nil {
		return err
	}
	if event.Version != "2.0" || event.Type != "REQUEST" {
		return a.unreadable(ctx, handler, `the event is not of type "REQUEST", version "2.0"`)
	}
	return nil
}

// checkSources refuses an event whose identity sources do not contain the token: API
// Gateway would use the kept answer for a client with the same sources and no token.
// Without sources, API Gateway keeps nothing.
func (a *Authorizer) checkSources(ctx context.Context, r request, sources []string) error {
	isKept := a.config.Caching != NotCached && len(sources) > 0
	// Every source contains the empty text of a request without a token.
	if isKept && !slices.ContainsFunc(sources, func(source string) bool { return strings.Contains(source, r.raw) }) {
		return a.unreadable(ctx, r.handler, "the Authorization header is not among the identity sources, against Config.Caching")
	}
	return nil
}

func (a *Authorizer) requestOf(handler string, event HTTPEvent) request {
	r := request{handler: handler, arn: event.RouteArn, key: event.RouteKey}
	r.raw, r.err = message{
		headers: event.Headers, query: event.QueryStringParameters, rawQuery: event.RawQueryString,
		method: event.RequestContext.HTTP.Method, cookies: event.Cookies,
	}.credential(&a.places)
	return r
}
