// Package tracing makes OpenTelemetry spans of decisions and sends them to a collector (OTLP).
//
// It owns the spans of the adapters: their names, their attributes by the semantic conventions
// of OpenTelemetry, and their place in the trace of the request (W3C Trace Context). The spans
// of the verifier within them are those of package otelcognito.
//
// No span has a token, a header, a path or a query of a client. The subject is there only if
// the configuration says so. The package decides nothing, and a collector that is away delays
// no request.
package tracing
