package otelcognito_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	otelcodes "go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/trace"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/bearer"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/keyset"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

// TestVerdicts: tokens through a verifier, and what is exported of each, in the
// measurement and in the span.
func TestVerdicts(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	pool := issuer.Pool()
	id := "cognito.user_pool.id=" + pool.ID()
	good := pool.AccessToken()
	madeUp := cognito.Require(func(context.Context, cognito.Token) error { return cognito.NewError("made_up", "no") })
	cutShort := cognito.Require(func(context.Context, cognito.Token) error { return context.Canceled })
	for _, test := range []struct {
		name, raw    string
		attributes   string
		pool         bool // told in the span
		failed       bool // by status
		known, down  bool // verified once before; the key set fails
		requirements []cognito.Requirement
	}{
		{name: "new", raw: good, attributes: "cognito.cache.hit=false cognito.token.use=access", pool: true},
		{name: "known", raw: good, known: true, attributes: "cognito.cache.hit=true cognito.token.use=access", pool: true},
		{
			name: "known, without a scope", raw: good, known: true, requirements: []cognito.Requirement{cognito.RequireScopes("a/b")},
			attributes: "cognito.cache.hit=true cognito.token.use=access error.type=scope_missing", pool: true,
		},
		{name: "other kind", raw: pool.IDToken(), attributes: "cognito.cache.hit=false cognito.token.use=id error.type=token_use_mismatch", pool: true},
		{name: "made up kind", raw: pool.AccessToken(cognitotest.Claim("token_use", "made up")), attributes: "cognito.cache.hit=false error.type=token_use_mismatch", pool: true},
		{name: "forged", raw: pool.AccessToken(cognitotest.WrongKey()), attributes: "cognito.cache.hit=false error.type=signature_invalid", pool: true},
		{name: "stranger", raw: pool.AccessToken(cognitotest.Claim("iss", "https://issuer.example")), attributes: "cognito.cache.hit=false error.type=issuer_mismatch"},
		{name: "refresh token", raw: pool.RefreshToken(), attributes: "cognito.cache.hit=false error.type=encrypted_token"},
		{name: "outage", raw: good, down: true, attributes: "cognito.cache.hit=false error.type=keys_unavailable", pool: true, failed: true},
		{name: "code of the application", raw: good, requirements: []cognito.Requirement{madeUp}, attributes: "cognito.cache.hit=false cognito.token.use=access error.type=_OTHER", pool: true},
		{
			name: "check cut short", raw: good, requirements: []cognito.Requirement{cutShort}, pool: true, failed: true,
			attributes: "cognito.cache.hit=false cognito.token.use=access error.type=check_unavailable",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			backend := newBackend()
			var told <-chan struct{}
			verifier := newVerifier(t, issuer, backend.telemetry(t, otelcognito.Config{}).Observer(), func(c *cognito.Config) { told = fetches(c) })
			want := map[string]float64{}
			if test.known {
				if _, err := verifier.VerifyAccessToken(t.Context(), test.raw); err != nil {
					t.Fatal(err)
				}
				want["cognito.cache.hit=false cognito.token.use=access"]++
			}
			if test.down {
				pool.FailKeySet(http.StatusServiceUnavailable)
				defer pool.RestoreKeySet()
			}
			ctx, request := backend.tracer().Start(t.Context(), "request")
			_, _ = verifier.VerifyAccessToken(ctx, test.raw, test.requirements...)
			request.End()
			want[test.attributes]++
			if got := backend.points(t, "cognito.verification.duration"); !maps.Equal(got, want) {
				t.Errorf("measured %v, want %v", got, want)
			}
			if test.pool {
				<-told // its span comes in between
				test.attributes += " " + id
			}
			for _, span := range backend.spans.GetSpans() {
				if span.Name != "cognito.verify" {
					continue
				}
				wantStatus := otelcodes.Unset
				if test.failed {
					wantStatus = otelcodes.Error
				}
				words := strings.Fields(test.attributes)
				slices.Sort(words)
				if show(span.Attributes) != strings.Join(words, " ") || span.Status.Code != wantStatus || len(span.Events) > 0 ||
					span.SpanKind != trace.SpanKindInternal || span.Parent.SpanID() != request.SpanContext().SpanID() {
					t.Errorf("%s with %s, %v, want %v", span.Name, show(span.Attributes), span.Status, words)
				}
				return
			}
			t.Error("no span")
		})
	}
}

// TestMiddleware: requests without a token have a span and a count with the others.
func TestMiddleware(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	backend := newBackend()
	handler := bearer.Require(newVerifier(t, issuer, backend.telemetry(t, otelcognito.Config{}).Observer(), nil))(http.NotFoundHandler())
	ctx, request := backend.tracer().Start(t.Context(), "request")
	handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, http.MethodGet, "/", nil))
	request.End()
	const want = "cognito.cache.hit=false error.type=token_missing"
	if got := backend.points(t, "cognito.verification.duration"); got[want] != 1 {
		t.Errorf("%v", got)
	}
	if spans := backend.spans.GetSpans(); len(spans) != 2 || show(spans[0].Attributes) != want || spans[0].Status.Code != otelcodes.Unset {
		t.Errorf("%+v", spans)
	}
}

// TestUserPoolAttributes: by pool where that was asked for, and as many as were
// allowed.
func TestUserPoolAttributes(t *testing.T) {
	backend := newBackend()
	observer := backend.telemetry(t, otelcognito.Config{UserPoolAttributes: 2}).Observer()
	for _, pool := range []string{"a", "b", "c", "a", "d", ""} {
		observer.VerificationEnded(t.Context(), cognito.Verification{UserPool: pool})
	}
	want := map[string]float64{
		"cognito.cache.hit=false cognito.user_pool.id=a":      2,
		"cognito.cache.hit=false cognito.user_pool.id=b":      1,
		"cognito.cache.hit=false cognito.user_pool.id=_OTHER": 2,
		"cognito.cache.hit=false":                             1,
	}
	if got := backend.points(t, "cognito.verification.duration"); !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestSeconds: durations are in seconds, and none is negative.
func TestSeconds(t *testing.T) {
	backend := newBackend()
	observer := backend.telemetry(t, otelcognito.Config{}).Observer()
	for _, d := range []time.Duration{1500 * time.Millisecond, -time.Hour} { // a clock may be set back
		observer.VerificationEnded(t.Context(), cognito.Verification{Duration: d})
		observer.KeySetFetched(cognito.KeySetFetch{Fetch: keyset.Fetch{Duration: d}})
	}
	for _, m := range backend.collect(t) {
		if data, ok := m.Data.(metricdata.Histogram[float64]); !ok || m.Unit != "s" || data.DataPoints[0].Sum != 1.5 {
			t.Errorf("%+v", m)
		}
	}
}

// TestAttributesAreBounded: whatever applications, clients and resolvers come up with.
func TestAttributesAreBounded(t *testing.T) {
	backend := newBackend()
	observer := backend.telemetry(t, otelcognito.Config{UserPoolAttributes: 3, MaxKeySets: 3}).Observer()
	for n := range 1000 {
		text := fmt.Sprint(n)
		observer.VerificationEnded(t.Context(), cognito.Verification{UserPool: text, Code: cognito.Code(text), TokenUse: cognito.TokenUse(text)})
		observer.KeySetFetched(cognito.KeySetFetch{UserPool: text, Fetch: keyset.Fetch{URL: "https://host/" + text, SetFetchedAt: time.Now()}})
	}
	for _, m := range backend.collect(t) {
		if n := len(backend.points(t, m.Name)); n > 4 {
			t.Errorf("%s has %d sets of attributes", m.Name, n)
		}
	}
}

// TestHitsAllocateNothing where no span is recorded.
func TestHitsAllocateNothing(t *testing.T) {
	issuer := cognitotest.NewIssuer()
	for name, config := range map[string]otelcognito.Config{"all": {}, "by pool": {UserPoolAttributes: 10}} {
		verifier := newVerifier(t, issuer, newBackend().telemetry(t, config).Observer(), nil)
		raw := issuer.Pool().AccessToken()
		ctx := t.Context()
		if n := testing.AllocsPerRun(1000, func() {
			if _, err := verifier.VerifyAccessToken(ctx, raw); err != nil {
				t.Fatal(err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// TestConcurrentVerifications: nothing is lost between goroutines that record the first
// of their kind, and collections.
func TestConcurrentVerifications(t *testing.T) {
	const goroutines, each = 100, 20
	issuer := cognitotest.NewIssuer()
	backend := newBackend()
	verifier := newVerifier(t, issuer, backend.telemetry(t, otelcognito.Config{UserPoolAttributes: 1}).Observer(), nil)
	tokens := []string{issuer.Pool().AccessToken(), issuer.Pool().AccessToken(cognitotest.Expired()), "opaque", issuer.Pool().IDToken()}
	var all sync.WaitGroup
	for g := range goroutines {
		all.Go(func() {
			ctx, request := backend.tracer().Start(t.Context(), "request")
			defer request.End()
			for n := range each {
				_, _ = verifier.VerifyAccessToken(ctx, tokens[(g+n)%len(tokens)])
			}
			if g%10 == 0 {
				backend.collect(t)
			}
		})
	}
	all.Wait()
	sum := 0.0
	for _, count := range backend.points(t, "cognito.verification.duration") {
		sum += count
	}
	spans := 0
	for _, span := range backend.spans.GetSpans() {
		if span.Name == "cognito.verify" {
			spans++
		}
	}
	if sum != goroutines*each || spans != goroutines*each {
		t.Errorf("%v measured, %d traced", sum, spans)
	}
}
