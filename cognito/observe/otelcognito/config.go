package otelcognito

import (
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// DefaultMaxKeySets is the default of [Config.MaxKeySets]. A user pool has two key sets,
// one for each of its issuers.
const DefaultMaxKeySets = telemetry.DefaultMaxKeySets // 100

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// Config configures measurements and spans. The zero Config has the defaults.
type Config struct {
	// TracerProvider and MeterProvider take spans and measurements; nil is the global
	// one, as in other instrumentation for OpenTelemetry. Packages trace/noop and
	// metric/noop of OpenTelemetry have those that take none.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	// RootSpans creates a span for a verification also if its context has no recorded
	// span.
	RootSpans bool

	// UserPoolAttributes, if positive, adds the attribute cognito.user_pool.id to
	// measurements of verifications, for at most this number of pools. All other pools
	// are "_OTHER". 0 means that measurements do not have it. A refusal counts for the
	// pool that the token names, even if the signature is invalid. Spans always have the
	// attribute.
	UserPoolAttributes int

	// MaxKeySets is the number of key sets with an age, the first ones that are fetched.
	// 0 means [DefaultMaxKeySets], and a negative value means none.
	MaxKeySets int

	// Now returns the current time, for the ages of key sets. nil is time.Now. It should
	// be the clock of the verifier (cognito.Config.Clock).
	Now func() time.Time
}

func (c Config) validate() error {
	faults := configerror.In("otelcognito", "Config")
	if c.UserPoolAttributes < 0 {
		faults.Add("UserPoolAttributes", "must not be negative: got %d", c.UserPoolAttributes)
	}
	return faults.Err()
}

// withDefaults returns c with the defaults set.
func (c Config) withDefaults() Config {
	if c.TracerProvider == nil {
		c.TracerProvider = otel.GetTracerProvider()
	}
	if c.MeterProvider == nil {
		c.MeterProvider = otel.GetMeterProvider()
	}
	if c.MaxKeySets == 0 {
		c.MaxKeySets = DefaultMaxKeySets
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return c
}
