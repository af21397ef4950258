package lambdaauth

import (
	"context"
	"fmt"
	"net/http"

	"github.com/poolguard/poolguard/cognito"
)

// An AppSyncEventsResponse is the answer for AppSync Event APIs.
type AppSyncEventsResponse struct {
	IsAuthorized bool `json:"isAuthorized"`

	// HandlerContext is the context, for handlers in ctx.identity.handlerContext. All values
	// are strings.
	HandlerContext map[string]string `json:"handlerContext,omitempty"`

	// TTLOverride is the number of seconds for which AppSync may keep the answer.
	TTLOverride int `json:"ttlOverride"`
}

// AppSyncEvents answers the authorizers of AppSync's Event APIs, for the operations
// EVENT_CONNECT, EVENT_SUBSCRIBE and EVENT_PUBLISH. Every token that meets [Config.Require] may
// connect. [AppSync.Channels] decides about channels. A bad token, and a good token that is not
// enough, are not authorized. If the token cannot be checked, the answer is an error.
//
// AWS does not document by which key AppSync keeps these answers. So an answer that depends on a
// channel is not kept, unless Config.Caching is CachedByRoute: that says that they are kept for
// the operation and the channel, as users report.
//
// https://docs.aws.amazon.com/appsync/latest/eventapi/configure-event-api-auth.html
func (a *Authorizer) AppSyncEvents(ctx context.Context, event AppSyncEventsEvent) (AppSyncEventsResponse, error) {
	ctx, cancel := withinDeadline(ctx)
	defer cancel()
	const handler = "AppSyncEvents"
	if err := a.checkKind(ctx, handler, event.kind, appSyncEventsEvent); err != nil {
		return AppSyncEventsResponse{}, err
	}
	operation := event.RequestContext.Operation
	switch ChannelOperation(operation) {
	case Subscribe, Publish, eventConnect:
	default:
		return AppSyncEventsResponse{}, a.unreadable(ctx, handler, "the operation of the event is unknown: want EVENT_CONNECT, EVENT_SUBSCRIBE or EVENT_PUBLISH")
	}
	raw, err := a.config.AppSync.credential(event.AuthorizationToken)
	token, err := a.authenticate(ctx, a.config.TokenUse, raw, err)
	if err == nil && operation != eventConnect {
		err = a.mayUse(ctx, token, event.RequestContext)
	}
	if err != nil {
		r := refusal(err)
		a.log(ctx, handler, r)
		if r.status == http.StatusServiceUnavailable {
			return AppSyncEventsResponse{}, &failedError{r.cause}
		}
		return AppSyncEventsResponse{}, nil // a refusal is never kept
	}
	answer := AppSyncEventsResponse{IsAuthorized: true, HandlerContext: map[string]string{}}
	for name, value := range a.contextOf(token.subject) {
		answer.HandlerContext[name] = fmt.Sprint(value)
	}
	if len(a.channels) == 0 || a.config.Caching == CachedByRoute {
		answer.TTLOverride = *a.config.ttl(token)
	}
	return answer, nil
}

// mayUse returns nil if the token may use the channel of an event.
func (a *Authorizer) mayUse(ctx context.Context, token *bearerToken, asked AppSyncEventsContext) error {
	c, err := parseChannel(asked.Channel, isChannelSegment)
	operation := ChannelOperation(asked.Operation)
	switch {
	case err != nil:
		return cognito.NewError(cognito.ErrAccessDenied, "the channel "+err.Error())
	case asked.ChannelNamespaceName != "" && asked.ChannelNamespaceName != c.segments[0]:
		return cognito.NewError(cognito.ErrAccessDenied, "the channel is not in the namespace of the event")
	case c.wild && operation == Publish:
		return cognito.NewError(cognito.ErrAccessDenied, "a client cannot publish to several channels at once")
	case len(a.channels) == 0:
		return nil
	}
	rules := rulesOf(a.channels, operation, c, token.Subject())
	if len(rules) == 0 {
		return cognito.NewError(cognito.ErrAccessDenied, "the channel is not among those that are configured")
	}
	for _, n := range rules {
		rule := &a.config.AppSync.Channels[n]
		if rule.Allow != cognito.Verified {
			return cognito.NewError(cognito.ErrAccessDenied, "the rule of this channel denies every request")
		}
		if len(rule.Require) == 0 {
			continue
		}
		if _, err := a.verify(ctx, token.use, token.raw, rule.Require); err != nil {
			return err
		}
	}
	return nil
}
