package otelcognito

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// other is the conventions' word for a value that is not one of a known set.
const other = "_OTHER"

// verdicts measures verifications.
type verdicts struct {
	duration metric.Float64Histogram
	options  *telemetry.Tables[[]metric.RecordOption]
}

func newVerdicts(meter metric.Meter, most int) (*verdicts, error) {
	duration, err := meter.Float64Histogram("cognito.verification.duration",
		metric.WithDescription("Time to verify a token, waiting for key sets and the application's checks included."),
		metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(telemetry.VerificationBuckets()...))
	return &verdicts{duration, telemetry.NewTables[[]metric.RecordOption](most, other)}, err
}

func (v *verdicts) record(ctx context.Context, seen cognito.Verification) {
	table, pool := v.options.Of(seen.UserPool)
	options := table.Get(seen, func() []metric.RecordOption {
		attributes := describeVerdict(nil, seen)
		if pool != "" {
			attributes = append(attributes, userPoolKey.String(pool))
		}
		return []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attributes...))}
	})
	v.duration.Record(ctx, max(seen.Duration, 0).Seconds(), options...)
}

// describeVerdict appends the attributes of a verification, without its pool. Measurements and
// spans have the same ones.
func describeVerdict(attributes []attribute.KeyValue, v cognito.Verification) []attribute.KeyValue {
	attributes = append(attributes, cacheHitKey.Bool(v.CacheHit))
	if v.TokenUse == cognito.TokenUseAccess || v.TokenUse == cognito.TokenUseID {
		attributes = append(attributes, tokenUseKey.String(string(v.TokenUse)))
	}
	// The conventions: error.type is for failures alone.
	if label := telemetry.CodeLabel(v.Code, "", other); label != "" {
		attributes = append(attributes, semconv.ErrorTypeKey.String(label))
	}
	return attributes
}
