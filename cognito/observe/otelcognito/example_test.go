package otelcognito_test

import (
	"context"
	"fmt"

	"go.opentelemetry.io/otel/sdk/metric"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

// A service that exports its traces to memory; others export them to a collector.
func Example() {
	exporter := tracetest.NewInMemoryExporter()
	tracers := sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter))
	meters := metric.NewMeterProvider()
	telemetry, err := otelcognito.New(otelcognito.Config{TracerProvider: tracers, MeterProvider: meters})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer telemetry.Close()

	issuer := cognitotest.NewIssuer()
	config := issuer.Config() // a service lists its user pools instead
	config.Observer = telemetry.Observer()
	verifier, err := cognito.New(config)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, request := tracers.Tracer("example").Start(context.Background(), "GET /orders")
	_, err = verifier.VerifyAccessToken(ctx, issuer.Pool().AccessToken(cognitotest.Expired()))
	request.End()
	fmt.Println("refused:", cognito.CodeOf(err) == cognito.ErrTokenExpired)
	for _, span := range exporter.GetSpans() {
		if span.SpanContext.TraceID() != request.SpanContext().TraceID() {
			continue // the fetch of the key set, in a trace of its own
		}
		fmt.Println(span.Name)
		for _, a := range span.Attributes {
			fmt.Printf("  %s: %s\n", a.Key, a.Value.String())
		}
	}
	// Output:
	// refused: true
	// cognito.verify
	//   cognito.user_pool.id: us-east-1_Test00001
	//   cognito.cache.hit: false
	//   cognito.token.use: access
	//   error.type: token_expired
	// GET /orders
}
