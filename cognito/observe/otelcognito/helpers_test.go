package otelcognito_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

// A backend keeps what OpenTelemetry's own SDK would export.
type backend struct {
	spans   *tracetest.InMemoryExporter
	reader  *metric.ManualReader
	tracers *sdktrace.TracerProvider
	meters  *metric.MeterProvider
}

func newBackend(options ...sdktrace.TracerProviderOption) *backend {
	b := &backend{spans: tracetest.NewInMemoryExporter(), reader: metric.NewManualReader()}
	b.tracers = sdktrace.NewTracerProvider(append(options, sdktrace.WithSyncer(b.spans))...)
	b.meters = metric.NewMeterProvider(metric.WithReader(b.reader))
	return b
}

func (b *backend) tracer() trace.Tracer { return b.tracers.Tracer("the application") }

// telemetry returns what measures for the backend.
func (b *backend) telemetry(t testing.TB, config otelcognito.Config) *otelcognito.Telemetry {
	t.Helper()
	config.TracerProvider, config.MeterProvider = b.tracers, b.meters
	telemetry, err := otelcognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return telemetry
}

// collect returns every metric.
func (b *backend) collect(t testing.TB) []metricdata.Metrics {
	t.Helper()
	var all metricdata.ResourceMetrics
	if err := b.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	var metrics []metricdata.Metrics
	for _, scope := range all.ScopeMetrics {
		metrics = append(metrics, scope.Metrics...)
	}
	return metrics
}

// points returns the values of a metric by their attributes; of a histogram, counts.
func (b *backend) points(t testing.TB, name string) map[string]float64 {
	t.Helper()
	points := map[string]float64{}
	for _, m := range b.collect(t) {
		if m.Name != name {
			continue
		}
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			for _, p := range data.DataPoints {
				points[show(p.Attributes.ToSlice())] = float64(p.Count)
			}
		case metricdata.Gauge[float64]:
			for _, p := range data.DataPoints {
				points[show(p.Attributes.ToSlice())] = p.Value
			}
		case metricdata.Gauge[int64]:
			for _, p := range data.DataPoints {
				points[show(p.Attributes.ToSlice())] = float64(p.Value)
			}
		default:
			t.Errorf("%s is a %T", name, data)
		}
	}
	return points
}

// show writes attributes, sorted.
func show(attributes []attribute.KeyValue) string {
	texts := make([]string, len(attributes))
	for n, a := range attributes {
		texts[n] = fmt.Sprintf("%s=%s", a.Key, a.Value.String())
	}
	slices.Sort(texts)
	return strings.Join(texts, " ")
}

func newVerifier(t testing.TB, issuer *cognitotest.Issuer, observer *cognito.Observer, change func(*cognito.Config)) *cognito.Verifier {
	t.Helper()
	config := issuer.Config()
	config.Observer = observer
	if change != nil {
		change(&config)
	}
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// fetches has whoever waits told of each fetch, after it was measured: that is after
// those who waited for its keys had them.
func fetches(c *cognito.Config) <-chan struct{} {
	told := make(chan struct{}, 10)
	// Told of ends in the reverse order, but of fetches in this one.
	c.Observer = cognito.JoinObservers(c.Observer, &cognito.Observer{KeySetFetched: func(cognito.KeySetFetch) { told <- struct{}{} }})
	return told
}
