package config

import (
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/gateway/internal/tracing"
	"github.com/poolguard/poolguard/internal/yamlfile"
)

// The keys of traces.
var traceKeys = []yamlfile.Field[tracing.Config]{
	yamlfile.Object("otlp", "OTLP", func(c *tracing.Config) *tracing.OTLP { return &c.OTLP }, []yamlfile.Field[tracing.OTLP]{
		yamlfile.NonEmptyText("endpoint", "Endpoint", func(c *tracing.OTLP) *string { return &c.Endpoint }).
			About("The address of the collector: http://127.0.0.1:4318, or https."),
		yamlfile.Choice("protocol", "Protocol", func(c *tracing.OTLP) *tracing.Protocol { return &c.Protocol }, tracing.HTTP, tracing.GRPC).
			About("How spans are sent. Default http."),
		yamlfile.Secret("authorization", "Authorization", func(c *tracing.OTLP) *oauth.Secret { return &c.Authorization }).
			About("The value of the header Authorization for the collector."),
	}).About("The collector, by the protocol of OpenTelemetry. The variables OTEL_EXPORTER_OTLP_… have further settings."),
	yamlfile.Int("percent", "Percent", func(c *tracing.Config, n int) { c.Percent = n }).
		About("How many of 100 requests are traced that come without a trace context. Default 100."),
	yamlfile.Bool("subject", "Subject", func(c *tracing.Config) *bool { return &c.Subject }).
		About("Add the subject of tokens to spans. Default false."),
}

// Tracer returns what makes spans, nil if the file has no collector.
func (f *File) Tracer() (*tracing.Traces, error) {
	if f.Traces == Defaults().Traces {
		return nil, nil //nolint:nilnil // no spans
	}
	return tracing.New(f.Traces)
}
