package tracing

import (
	"context"
	"net/http"
	"slices"
	"strings"

	auth "github.com/envoyproxy/go-control-plane/envoy/service/auth/v3"
	"go.opentelemetry.io/otel/attribute"
	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"

	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// Attributes for which OpenTelemetry defines no name.
const (
	adapterKey = attribute.Key("poolguard.adapter")
	ruleKey    = attribute.Key("poolguard.rule")
	allowedKey = attribute.Key("poolguard.allowed")
	reportKey  = attribute.Key("poolguard.report_only")
)

// propagator reads traceparent and tracestate. Baggage is not read: clients can write it.
var propagator = propagation.TraceContext{}

// Handler makes a span of each request. route returns the address of a request without what
// its client chose, "" for a request without a span.
func (t *Traces) Handler(route func(*http.Request) string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := route(r)
		if address == "" {
			next.ServeHTTP(w, r)
			return
		}
		method, name := semconv.HTTPRequestMethodOther, "HTTP "+address
		if isKnown(r.Method) {
			method, name = semconv.HTTPRequestMethodKey.String(r.Method), r.Method+" "+address
		}
		ctx := propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(method, semconv.HTTPRoute(address)))
		defer span.End()
		if !span.IsRecording() {
			next.ServeHTTP(w, r.WithContext(ctx))
			return
		}
		seen := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r.WithContext(ctx))
		span.SetAttributes(semconv.HTTPResponseStatusCode(seen.status))
		if seen.status >= http.StatusInternalServerError {
			span.SetStatus(otelcodes.Error, "")
		}
	})
}

func isKnown(method string) bool {
	return slices.Contains([]string{
		http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
	}, method)
}

// A statusWriter keeps the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Unary makes a span of each check of Envoy. The trace context is that of the call, or else
// that of the request in the check.
func (t *Traces) Unary(ctx context.Context, r any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	check, ok := r.(*auth.CheckRequest)
	if !ok {
		return next(ctx, r)
	}
	method := strings.TrimPrefix(info.FullMethod, "/")
	ctx, span := t.tracer.Start(propagator.Extract(ctx, carrierOf(ctx, check)), method,
		trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(semconv.RPCSystemNameGRPC, semconv.RPCMethod(method)))
	defer span.End()
	return next(ctx, r)
}

func carrierOf(ctx context.Context, check *auth.CheckRequest) propagation.MapCarrier {
	carrier := propagation.MapCarrier{}
	call, _ := metadata.FromIncomingContext(ctx)
	described := check.GetAttributes().GetRequest().GetHttp()
	for _, name := range propagator.Fields() {
		switch values := call.Get(name); {
		case len(values) == 1:
			carrier[name] = values[0]
		case len(call.Get("traceparent")) > 0: // tracestate belongs to it
		default:
			carrier[name] = described.GetHeaders()[name]
			for _, each := range described.GetHeaderMap().GetHeaders() {
				if each.GetKey() == name {
					carrier[name] = string(each.GetRawValue()) + each.GetValue()
				}
			}
		}
	}
	return carrier
}

// Decided describes a decision in the span of its request. t may be nil.
func (t *Traces) Decided(ctx context.Context, adapter string, d *authz.Decision) {
	if t == nil {
		return
	}
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	attributes := []attribute.KeyValue{adapterKey.String(adapter), allowedKey.Bool(d.Allowed)}
	if d.Rule != "" {
		attributes = append(attributes, ruleKey.String(d.Rule))
	}
	if d.ReportOnly() {
		attributes = append(attributes, reportKey.Bool(true))
	}
	if code := d.Code(); code != "" {
		attributes = append(attributes, semconv.ErrorTypeKey.String(string(code)))
	}
	if t.config.Subject && d.Identity.Subject != "" {
		attributes = append(attributes, semconv.EnduserID(d.Identity.Subject))
	}
	span.SetAttributes(attributes...)
	if d.Err.Temporary() {
		span.SetStatus(otelcodes.Error, "") // it could not be found out; a denial is no error
	}
}
