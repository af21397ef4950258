package otelcognito

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito"
)

// spans creates the spans of verifications and fetches.
type spans struct {
	tracer trace.Tracer
	roots  bool
}

// spanKey is the key of a verification's span in its context. The current span of the
// context may be another one by the end: that of a second observer, or of the
// application.
type spanKey struct{ of *spans }

func (s *spans) started(ctx context.Context) context.Context {
	if !s.roots && !trace.SpanFromContext(ctx).IsRecording() {
		if ctx.Value(spanKey{s}) == nil {
			return ctx
		}
		// It is within the check of another verification, whose span the end would find.
		return context.WithValue(ctx, spanKey{s}, nil)
	}
	ctx, span := s.tracer.Start(ctx, "cognito.verify") // of kind internal
	// One that is not sampled is kept too: within the check of an application that
	// verifies another token, the end would find the span around it.
	return context.WithValue(ctx, spanKey{s}, span)
}

func (s *spans) ended(ctx context.Context, v cognito.Verification) {
	span, ok := ctx.Value(spanKey{s}).(trace.Span)
	if !ok {
		return
	}
	defer span.End()
	if !span.IsRecording() {
		return
	}
	attributes := make([]attribute.KeyValue, 0, 4)
	if v.UserPool != "" {
		attributes = append(attributes, userPoolKey.String(v.UserPool))
	}
	span.SetAttributes(describeVerdict(attributes, v)...)
	if v.Code == cognito.ErrKeysUnavailable || v.Code == cognito.ErrCheckUnavailable {
		span.SetStatus(otelcodes.Error, "")
	}
}

// fetched creates the span of a finished fetch. A copy that was read has no span.
func (s *spans) fetched(f cognito.KeySetFetch, fetch []attribute.KeyValue) {
	if f.Copy {
		return
	}
	_, span := s.tracer.Start(context.Background(), "cognito.key_set.fetch",
		trace.WithSpanKind(trace.SpanKindClient),
		trace.WithTimestamp(f.StartedAt),
		trace.WithAttributes(fetch...),
		trace.WithAttributes(semconv.HTTPRequestMethodGet, semconv.URLFull(f.URL), userPoolKey.String(f.UserPool)))
	if f.Err != nil {
		span.SetStatus(otelcodes.Error, f.Err.Error())
	}
	span.End(trace.WithTimestamp(f.StartedAt.Add(f.Duration)))
}
