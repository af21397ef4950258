package otelcognito_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"go.opentelemetry.io/otel"
	otelcodes "go.opentelemetry.io/otel/codes"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	tracenoop "go.opentelemetry.io/otel/trace/noop"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

// named returns the names of spans that have ended.
func (b *backend) named() []string {
	var names []string
	for _, span := range b.spans.GetSpans() {
		names = append(names, span.Name)
	}
	return names
}

// TestNoSpanWithoutARequest: a verification has a span within a trace that is recorded,
// and elsewhere only where that was asked for.
func TestNoSpanWithoutARequest(t *testing.T) {
	const request, verify = "request", "cognito.verify"
	for _, test := range []struct {
		name    string
		sampler sdktrace.Sampler
		roots   bool
		request bool
		want    []string
	}{
		{"in a request", sdktrace.AlwaysSample(), false, true, []string{verify, request}},
		{"in a request that is not sampled", sdktrace.NeverSample(), false, true, nil},
		{"alone", sdktrace.AlwaysSample(), false, false, nil},
		{"in a request, roots too", sdktrace.AlwaysSample(), true, true, []string{verify, request}},
		{"alone, roots too", sdktrace.AlwaysSample(), true, false, []string{verify}},
		{"in a request that is not sampled, roots too", sdktrace.ParentBased(sdktrace.NeverSample()), true, true, nil},
	} {
		backend := newBackend(sdktrace.WithSampler(test.sampler))
		verifier := newVerifier(t, cognitotest.NewIssuer(), backend.telemetry(t, otelcognito.Config{RootSpans: test.roots}).Observer(), nil)
		ctx := t.Context()
		end := func() {}
		if test.request {
			var span trace.Span
			ctx, span = backend.tracer().Start(ctx, request)
			end = func() { span.End() }
		}
		_, _ = verifier.VerifyAccessToken(ctx, "opaque")
		end()
		if got := backend.named(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// dropVerifications is a sampler that records all but the inner spans.
type dropVerifications struct{ sdktrace.Sampler }

func (s dropVerifications) ShouldSample(p sdktrace.SamplingParameters) sdktrace.SamplingResult {
	if p.Name == "cognito.verify" && trace.SpanContextFromContext(p.ParentContext).IsValid() {
		return sdktrace.NeverSample().ShouldSample(p)
	}
	return s.Sampler.ShouldSample(p)
}

// TestEachEndsItsOwnSpan: verifications within checks of others, two observers of one
// verifier, samplers that drop some. A span that is not its own is never ended.
func TestEachEndsItsOwnSpan(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	for _, test := range []struct {
		name      string
		sampler   sdktrace.Sampler
		observers int
		want      int
	}{
		{"one observer", sdktrace.AlwaysSample(), 1, 2},
		{"two observers", sdktrace.AlwaysSample(), 2, 4},
		{"one observer, inner spans dropped", dropVerifications{sdktrace.AlwaysSample()}, 1, 1},
		{"two observers, inner spans dropped", dropVerifications{sdktrace.AlwaysSample()}, 2, 1},
	} {
		backend := newBackend(sdktrace.WithSampler(test.sampler))
		var observers []*cognito.Observer
		for range test.observers {
			observers = append(observers, backend.telemetry(t, otelcognito.Config{RootSpans: true}).Observer())
		}
		verifier := newVerifier(t, issuer, cognito.JoinObservers(observers...), nil)
		within := cognito.Require(func(ctx context.Context, _ cognito.Token) error {
			before := trace.SpanFromContext(ctx).IsRecording()
			_, _ = verifier.VerifyIDToken(ctx, issuer.Pool().IDToken())
			if trace.SpanFromContext(ctx).IsRecording() != before {
				t.Errorf("%s: the outer span was ended by the inner verification", test.name)
			}
			return nil
		})
		if _, err := verifier.VerifyAccessToken(t.Context(), issuer.Pool().AccessToken(), within); err != nil {
			t.Fatal(err)
		}
		got := 0
		for _, name := range backend.named() {
			if name == "cognito.verify" {
				got++
			}
		}
		if got != test.want {
			t.Errorf("%s: %d spans, want %d", test.name, got, test.want)
		}
	}
}

// TestVerificationInASpanThatIsNotRecorded: it has no span, and does not end the one
// around it.
func TestVerificationInASpanThatIsNotRecorded(t *testing.T) {
	issuer, backend := cognitotest.NewIssuer(), newBackend()
	verifier := newVerifier(t, issuer, backend.telemetry(t, otelcognito.Config{}).Observer(), nil)
	within := cognito.Require(func(ctx context.Context, _ cognito.Token) error {
		outer := trace.SpanFromContext(ctx)
		inner, _ := tracenoop.NewTracerProvider().Tracer("").Start(ctx, "the application's, not recorded")
		_, _ = verifier.VerifyIDToken(inner, "bad")
		if !outer.IsRecording() {
			t.Error("the outer span was ended by the inner verification")
		}
		return nil
	})
	ctx, request := backend.tracer().Start(t.Context(), "request")
	defer request.End()
	if _, err := verifier.VerifyAccessToken(ctx, issuer.Pool().AccessToken(), within); err != nil {
		t.Fatal(err)
	}
}

// TestFetchSpans: of kind client, in traces of their own, by the verifier's clock.
func TestFetchSpans(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	url := pool.OriginalIssuer() + "/.well-known/jwks.json"
	common := " http.request.method=GET server.address=cognito-idp.us-east-1.amazonaws.com server.port=443 url.full=" + url
	for _, test := range []struct {
		prepare func()
		want    string
		status  otelcodes.Code
	}{
		{func() {}, "cognito.key_set.source=remote cognito.user_pool.id=" + pool.ID() + common[:24] + " http.response.status_code=200" + common[24:], otelcodes.Unset},
		{func() { pool.FailKeySet(http.StatusForbidden) }, "cognito.key_set.source=remote cognito.user_pool.id=" + pool.ID() + " error.type=403" + common[:24] + " http.response.status_code=403" + common[24:], otelcodes.Error},
		{func() { pool.FailKeySet(0) }, "cognito.key_set.source=remote cognito.user_pool.id=" + pool.ID() + " error.type=no_answer" + common, otelcodes.Error},
		{func() { pool.SetJWKS([]byte("{}")) }, "cognito.key_set.source=remote cognito.user_pool.id=" + pool.ID() + " error.type=unusable" + common[:24] + " http.response.status_code=200" + common[24:], otelcodes.Error},
	} {
		pool.RestoreKeySet()
		test.prepare()
		backend := newBackend()
		var told <-chan struct{}
		verifier := newVerifier(t, issuer, backend.telemetry(t, otelcognito.Config{}).Observer(), func(c *cognito.Config) { told = fetches(c) })
		_, _ = verifier.VerifyAccessToken(t.Context(), pool.AccessToken())
		<-told
		spans := backend.spans.GetSpans()
		if len(spans) != 1 {
			t.Errorf("%q", backend.named())
			continue
		}
		span := spans[0]
		if got := show(span.Attributes); got != test.want || span.Status.Code != test.status || (span.Status.Description == "") != (test.status == otelcodes.Unset) {
			t.Errorf("%v\n%s, want\n%s", span.Status, got, test.want)
		}
		if span.Name != "cognito.key_set.fetch" || span.SpanKind != trace.SpanKindClient || span.Parent.IsValid() || !span.StartTime.Equal(issuer.Clock().Now().Round(0)) || !span.EndTime.Equal(span.StartTime) {
			t.Errorf("%s from %v to %v by %v", span.Name, span.StartTime, span.EndTime, issuer.Clock().Now())
		}
	}
}

// TestOddFetches: copies have no span, and addresses any port.
func TestOddFetches(t *testing.T) {
	backend := newBackend()
	observer := backend.telemetry(t, otelcognito.Config{}).Observer()
	at := time.Now()
	for _, f := range []keyset.Fetch{
		{URL: "https://a", Copy: true, Keys: 2, SetFetchedAt: at},
		{URL: "http://a", Err: errors.New("moved"), StatusCode: http.StatusFound, StartedAt: at, Duration: time.Second},
		{URL: "http://127.0.0.1:9229/a", StatusCode: http.StatusOK},
		{URL: "%", Duration: -1},
	} {
		observer.KeySetFetched(cognito.KeySetFetch{UserPool: "p", Fetch: f})
	}
	got := backend.points(t, "cognito.key_set.fetch.duration")
	for _, want := range []string{
		"cognito.key_set.source=copy",
		"cognito.key_set.source=remote error.type=302 http.response.status_code=302 server.address=a server.port=80",
		"cognito.key_set.source=remote http.response.status_code=200 server.address=127.0.0.1 server.port=9229",
		"cognito.key_set.source=remote",
	} {
		if got[want] != 1 {
			t.Errorf("%s is missing in %v", want, got)
		}
	}
	spans := backend.spans.GetSpans()
	if len(spans) != 3 || spans[0].EndTime.Sub(spans[0].StartTime) != time.Second {
		t.Errorf("%d spans", len(spans))
	}
}

// TestVerificationWithoutAnSDK runs with unchanged global providers and with
// noop providers.
func TestVerificationWithoutAnSDK(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	if otel.GetTracerProvider() == nil {
		t.Fatal("no global provider")
	}
	for _, config := range []otelcognito.Config{
		{}, {RootSpans: true}, {TracerProvider: tracenoop.NewTracerProvider(), MeterProvider: metricnoop.NewMeterProvider(), RootSpans: true},
	} {
		telemetry, err := otelcognito.New(config)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := newVerifier(t, issuer, telemetry.Observer(), nil).VerifyAccessToken(t.Context(), issuer.Pool().AccessToken()); err != nil {
			t.Error(err)
		}
		if err := telemetry.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFaultIsConfigError(t *testing.T) {
	var fault *cognito.ConfigError
	if _, err := otelcognito.New(otelcognito.Config{UserPoolAttributes: -1}); !errors.As(err, &fault) || fault.Package != "otelcognito" || fault.Field != "Config.UserPoolAttributes" {
		t.Errorf("a negative number of pools: %v", err)
	}
}

// BenchmarkHit: a token that is in the cache, without an observer, with one that is told
// nothing, with measurements, and with a span too.
func BenchmarkHit(b *testing.B) {
	issuer := cognitotest.NewIssuer()
	raw := issuer.Pool().AccessToken()
	backend := newBackend()
	backend.tracers = sdktrace.NewTracerProvider() // records and exports nothing
	measured := backend.telemetry(b, otelcognito.Config{}).Observer()
	for _, bench := range []struct {
		name     string
		observer *cognito.Observer
		traced   bool
	}{{"none", nil, false}, {"empty", &cognito.Observer{}, false}, {"measured", measured, false}, {"traced", measured, true}} {
		b.Run(bench.name, func(b *testing.B) {
			verifier := newVerifier(b, issuer, bench.observer, func(c *cognito.Config) { c.Clock = nil })
			ctx := b.Context()
			if bench.traced {
				var span trace.Span
				ctx, span = backend.tracer().Start(ctx, "request")
				defer span.End()
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := verifier.VerifyAccessToken(ctx, raw); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
