package tracing

import (
	"context"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

const scope = "github.com/poolguard/poolguard/gateway"

// Traces makes spans. It is safe for concurrent use. Make one with [New].
type Traces struct {
	config   Config
	provider *sdk.TracerProvider
	tracer   trace.Tracer
	observer *cognito.Observer
}

// New checks the configuration and returns all its faults at once, each a
// [*cognito.ConfigError]. It uses no network and starts no goroutine.
func New(config Config) (*Traces, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	const percent = 100
	// Attributes of the environment (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) come last.
	described, err := resource.New(context.Background(), resource.WithAttributes(semconv.ServiceName("poolguard-gateway")), resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	provider := sdk.NewTracerProvider(
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(float64(config.Percent)/percent))),
		sdk.WithResource(described),
	)
	verifications, err := otelcognito.New(otelcognito.Config{TracerProvider: provider, MeterProvider: noop.NewMeterProvider()})
	if err != nil {
		return nil, err
	}
	return &Traces{
		config: config, provider: provider, observer: verifications.Observer(),
		tracer: provider.Tracer(scope, trace.WithSchemaURL(semconv.SchemaURL)),
	}, nil
}

// Observer returns the observer of verifiers, whose spans are within those of decisions.
func (t *Traces) Observer() *cognito.Observer { return t.observer }

// Start begins to send spans, until [Traces.Close]. Failures are logged, once a minute at most.
func (t *Traces) Start(ctx context.Context, logger *slog.Logger) error {
	exporter, err := otlptrace.New(ctx, t.client())
	if err != nil {
		return err
	}
	t.provider.RegisterSpanProcessor(sdk.NewBatchSpanProcessor(&reporting{SpanExporter: exporter, logger: logger}))
	return nil
}

func (t *Traces) client() otlptrace.Client {
	headers := map[string]string{}
	if t.config.OTLP.Authorization != "" {
		headers["authorization"] = string(t.config.OTLP.Authorization)
	}
	if t.config.OTLP.Protocol == GRPC {
		options := []otlptracegrpc.Option{otlptracegrpc.WithEndpointURL(t.config.OTLP.Endpoint)}
		if len(headers) > 0 {
			options = append(options, otlptracegrpc.WithHeaders(headers))
		}
		return otlptracegrpc.NewClient(options...)
	}
	endpoint := strings.TrimSuffix(t.config.OTLP.Endpoint, "/")
	if strings.Count(endpoint, "/") == len("//") { // it has no path of its own
		endpoint += "/v1/traces"
	}
	options := []otlptracehttp.Option{otlptracehttp.WithEndpointURL(endpoint)}
	if len(headers) > 0 {
		options = append(options, otlptracehttp.WithHeaders(headers))
	}
	return otlptracehttp.NewClient(options...)
}

// Close sends what is left, as long as ctx allows, and ends.
func (t *Traces) Close(ctx context.Context) error { return t.provider.Shutdown(ctx) }

// A reporting exporter logs failures: the SDK would write them to standard error by itself.
type reporting struct {
	sdk.SpanExporter
	logger *slog.Logger
	next   atomic.Int64 // Unix nanoseconds of the next line
}

// ExportSpans implements [sdk.SpanExporter].
func (r *reporting) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := r.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		return nil
	}
	now, next := time.Now(), r.next.Load()
	if now.UnixNano() >= next && r.next.CompareAndSwap(next, now.Add(time.Minute).UnixNano()) {
		r.logger.LogAttrs(ctx, slog.LevelWarn, "spans could not be sent to the collector", slog.String("error", err.Error()), slog.Int("spans", len(spans)))
	}
	return nil
}
