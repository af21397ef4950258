package lambdaauth

import (
	"context"
	"encoding/json"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"github.com/poolguard/poolguard/cognito"
)

// DefaultMaxAnswerBytes is the default of [Config.MaxAnswerBytes]. AWS documents 8 KB as the size of
// the largest result of an authorizer, for WebSocket APIs only:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
//
// For REST and HTTP APIs there is no documented limit. One user reports that they accept more:
// https://repost.aws/questions/QUzilwCUByQz6iUi-9hwPFJQ/lambda-authorizer-for-api-gateway-maximum-size-of-returned-policy
const DefaultMaxAnswerBytes = 8 << 10

// answerMargin is what an answer must stay below the limit: AWS does not document what exactly is
// counted, and usageIdentifierKey (at most 128 characters) is added later.
const answerMargin = 512

// An answerSize has the number of bytes of an answer as JSON, and of its parts.
type answerSize struct{ whole, policy, context int }

func (d *decision) size() answerSize {
	return answerSize{
		whole:   jsonSize(events.APIGatewayCustomAuthorizerResponse{PrincipalID: d.principal, PolicyDocument: d.policy, Context: d.context}),
		policy:  jsonSize(d.policy),
		context: jsonSize(d.context),
	}
}

// jsonSize returns the size of v as JSON. Characters such as & count as their escape, which is the
// longest form that an encoder may choose.
func jsonSize(v any) int {
	text, _ := json.Marshal(v) // strings, numbers and booleans: it cannot fail
	return len(text)
}

// maxBytes returns the size of the largest answer, without the margin.
func (a *Authorizer) maxBytes() int { return a.config.MaxAnswerBytes - answerMargin }

// policyTooLarge returns the error for an answer that its policy for the whole table makes too large.
// No smaller policy is right: API Gateway would keep it and answer 403 for the routes that are not in
// it. The error is not kept. The size of the context decides the advice only, so that an answer that is
// refused beside a small context is refused beside a larger one too.
func (a *Authorizer) policyTooLarge(ctx context.Context, handler string, size answerSize) error {
	advice := policyAdvice
	if size.context > size.policy {
		advice = contextAdvice + "; or " + policyAdvice
	}
	a.warnOfSize(ctx, "the answer with the policy for all routes is too large, so the request was refused", handler, size, advice)
	return cognito.NewError(cognito.ErrAccessDenied, "the policy for this token is larger than API Gateway accepts")
}

// resourceTooLong returns the error for a policy with a resource that API Gateway does not accept. A
// policy without it would be wrong for other calls while API Gateway keeps it. The error is not kept.
func (a *Authorizer) resourceTooLong(ctx context.Context, handler string, longest int) error {
	a.warn(ctx, handler+" resource", "a resource of a policy is longer than API Gateway accepts",
		slog.String("handler", handler),
		slog.String("reason", "the name of the stage and a route key are too long together, so the request was refused"),
		slog.Int("resource_bytes", longest),
		slog.Int("max_bytes", maxResource),
		slog.String("advice", "shorten the name of the stage or the longest route key, or do not keep answers (Config.Caching: NotCached, with the TTL 0)"),
	)
	return cognito.NewError(cognito.ErrAccessDenied, "the policy for this token has a resource that is longer than API Gateway accepts")
}

// allowedSize returns what the resources of the allowed entries have at least. A policy of hundreds of
// routes takes a second to make, and is of no use if they alone are too large.
func allowedSize(arn methodARN, allowed []*entry) answerSize {
	seen, n := make(map[string]bool, len(allowed)), 0
	for _, e := range allowed {
		if glob := e.glob(); !seen[glob] {
			seen[glob] = true
			n += len(arn.stage) + len(glob) + len(`"",`)
		}
	}
	return answerSize{whole: n, policy: n}
}

const (
	contextAdvice = "set Config.OmitGroups, or pass on fewer claims with Config.Claims"
	policyAdvice  = "write many routes with the same rule as one with {proxy+}, name the methods in place of ANY, " +
		"or keep answers by route (Config.Caching: CachedByRoute) or not at all (NotCached, with the TTL 0); if the API accepts larger answers, set Config.MaxAnswerBytes"
)

// checkContextSize warns of a simple answer whose context is too large.
func (a *Authorizer) checkContextSize(ctx context.Context, handler string, context map[string]any) {
	if n := jsonSize(context); n > a.maxBytes() {
		a.warnOfSize(ctx, "the context is too large", handler, answerSize{whole: n, context: n}, contextAdvice)
	}
}

// warnOfWholeTable warns once, with the first answer, if the policy for a token that may call every
// route would be too large. Operators then see it before such a token comes.
func (a *Authorizer) warnOfWholeTable(ctx context.Context, handler string, arn methodARN, all []*entry, d *decision) {
	a.wholeTable.Do(func() {
		size := allowedSize(arn, all)
		if size.whole <= a.maxBytes() {
			whole := *d
			whole.policy = policyFor(all, all).document(arn)
			size = whole.size()
		}
		if size.whole > a.maxBytes() {
			a.warnOfSize(ctx, "a token that may call every route will be refused: its policy is too large", handler, size, policyAdvice)
		}
	})
}

func (a *Authorizer) warnOfSize(ctx context.Context, reason, handler string, size answerSize, advice string) {
	a.warn(ctx, handler+" "+reason, "an answer is larger than API Gateway accepts",
		slog.String("handler", handler),
		slog.String("reason", reason),
		slog.Int("answer_bytes", size.whole),
		slog.Int("policy_bytes", size.policy),
		slog.Int("context_bytes", size.context),
		slog.Int("max_bytes", a.maxBytes()),
		slog.Int("routes", len(a.routes.entries)),
		slog.String("advice", advice),
	)
}

// warnOfOneRoute warns of an answer that is right for one route only, although API Gateway uses it
// for all routes.
func (a *Authorizer) warnOfOneRoute(ctx context.Context, handler string) {
	a.warn(ctx, handler+" one route", "a policy cannot express the table, so the answer is for one route: while API Gateway keeps it, other routes get 403",
		slog.String("handler", handler),
		slog.String("advice", "keep answers by route (Config.Caching: CachedByRoute) or not at all (NotCached, with the TTL 0)"),
	)
}
