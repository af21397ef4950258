package otelcognito

import (
	"context"
	"errors"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/configerror"
)

const scope = "github.com/poolguard/poolguard/cognito/observe/otelcognito"

// Attributes for which OpenTelemetry defines no name.
const (
	userPoolKey = attribute.Key("cognito.user_pool.id")
	tokenUseKey = attribute.Key("cognito.token.use")
	cacheHitKey = attribute.Key("cognito.cache.hit")
	sourceKey   = attribute.Key("cognito.key_set.source")
)

// Telemetry measures and traces one or more verifiers. Make one with [New] and set its
// [Telemetry.Observer] in cognito.Config. It is safe for concurrent use.
//
// Verifiers with the same Telemetry are measured together. If several of them use one key
// set, its age is that of the last fetch.
type Telemetry struct {
	spans        *spans
	verdicts     *verdicts
	keySets      *keySets
	registration metric.Registration
	observer     cognito.Observer
}

// New returns Telemetry that uses the providers of config. It reports every fault of
// config at once, each as a [*ConfigError]. An instrument that the meter refuses is a
// fault of MeterProvider.
func New(config Config) (*Telemetry, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	config = config.withDefaults()
	tracer := config.TracerProvider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL))
	meter := config.MeterProvider.Meter(scope, metric.WithSchemaURL(semconv.SchemaURL))

	t := &Telemetry{spans: &spans{tracer, config.RootSpans}}
	if err := t.makeInstruments(meter, config); err != nil {
		faults := configerror.In("otelcognito", "Config")
		faults.Add("MeterProvider", "refuses an instrument: %v", err)
		return nil, faults.Err()
	}
	t.observer = cognito.Observer{
		VerificationStarted: t.spans.started,
		VerificationEnded: func(ctx context.Context, v cognito.Verification) {
			t.verdicts.record(ctx, v) // before the span ends, so that exemplars name it
			t.spans.ended(ctx, v)
		},
		KeySetFetched: func(f cognito.KeySetFetch) {
			fetch := describe(f)
			t.keySets.fetched(f, fetch)
			t.spans.fetched(f, fetch)
		},
	}
	return t, nil
}

func (t *Telemetry) makeInstruments(meter metric.Meter, config Config) error {
	var ofVerdicts, ofKeySets, err error
	t.verdicts, ofVerdicts = newVerdicts(meter, config.UserPoolAttributes)
	t.keySets, ofKeySets = newKeySets(meter, config.MaxKeySets, config.Now)
	if err := errors.Join(ofVerdicts, ofKeySets); err != nil {
		return err
	}
	t.registration, err = meter.RegisterCallback(t.keySets.observe, t.keySets.age, t.keySets.keys)
	return err
}

// Observer returns the observer for cognito.Config.Observer. The caller must not change
// it.
func (t *Telemetry) Observer() *cognito.Observer { return &t.observer }

// Close ends the measurements of ages, for programs whose MeterProvider outlives their
// verifiers. The observer still measures verifications and fetches.
func (t *Telemetry) Close() error { return t.registration.Unregister() }
