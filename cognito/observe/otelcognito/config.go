package otelcognito

import (
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito/internal/configerror"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// DefaultMaxKeySets is how many key sets have an age where Config does not say. A user
// pool has two, one for each of its issuers.
const DefaultMaxKeySets = telemetry.DefaultMaxKeySets // 100

// A ConfigError is one fault of a configuration: see [cognito.ConfigError].
type ConfigError = configerror.ConfigError

// Config says what is measured and traced, and by whom. The zero Config is a good one.
type Config struct {
	// TracerProvider and MeterProvider take spans and measurements; nil is the global
	// one, as in other instrumentation for OpenTelemetry. Packages trace/noop and
	// metric/noop of OpenTelemetry have those that take none.
	TracerProvider trace.TracerProvider
	MeterProvider  metric.MeterProvider

	// RootSpans gives a verification a span also where its context has none that is
	// recorded.
	RootSpans bool

	// UserPoolAttributes, if positive, is the number of user pools that measurements of
	// verifications name, in cognito.user_pool.id. The first pools are named; for all
	// others it is "_OTHER". With 0 measurements name no pool. A rejection counts for the
	// pool that the token names, even if its signature is not valid. Spans always name
	// the pool.
	UserPoolAttributes int

	// MaxKeySets is how many key sets have an age: 0 for [DefaultMaxKeySets], negative
	// for none. It is the first so many that are fetched.
	MaxKeySets int

	// Now returns the time that ages of key sets are computed with; nil is time.Now. It
	// should be the clock of the verifier (cognito.Config.Clock).
	Now func() time.Time
}

func (c Config) validate() error {
	faults := configerror.In("otelcognito", "Config")
	if c.UserPoolAttributes < 0 {
		faults.Add("UserPoolAttributes", "is negative (%d)", c.UserPoolAttributes)
	}
	return faults.Err()
}

// withDefaults returns c with every field said.
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
