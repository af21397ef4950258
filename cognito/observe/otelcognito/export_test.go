package otelcognito_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/observe/otelcognito"
)

// busy returns a backend that has every name there is, and the tokens that were
// verified for that.
func busy(t *testing.T) (b *backend, tokens []string) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	b = newBackend()
	observer := b.telemetry(t, otelcognito.Config{UserPoolAttributes: 10}).Observer()
	pool := issuer.Pool()
	tokens = []string{
		pool.AccessToken(), pool.IDToken(), pool.RefreshToken(), pool.AccessToken(cognitotest.Expired()), pool.MachineToken(),
		pool.AccessToken(cognitotest.Claim("iss", "https://elsewhere.example")), pool.AccessToken(cognitotest.WrongKey()),
	}
	ctx, request := b.tracer().Start(t.Context(), "request")
	defer request.End()
	verify := func() {
		var told <-chan struct{}
		verifier := newVerifier(t, issuer, observer, func(c *cognito.Config) { told = fetches(c) })
		for _, raw := range append(tokens, tokens...) {
			_, _ = verifier.VerifyAccessToken(ctx, raw)
		}
		<-told
	}
	verify()
	pool.FailKeySet(500)
	verify()
	return b, tokens
}

// TestNoTokenIsExported: nothing of a token is in what exporters get.
func TestNoTokenIsExported(t *testing.T) {
	backend, tokens := busy(t)
	var all metricdata.ResourceMetrics
	if err := backend.reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	measurements, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	spans, err := json.Marshal(backend.spans.GetSpans())
	if err != nil {
		t.Fatal(err)
	}
	text := string(measurements) + string(spans)
	for _, word := range []string{"cognito.verification.duration", "cognito.verify", "signature_invalid", cognitotest.PoolID} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not exported: the search below finds nothing", word)
		}
	}
	secrets := []string{cognitotest.Subject, cognitotest.Username, cognitotest.ClientID, "elsewhere"}
	for _, raw := range tokens {
		secrets = append(secrets, strings.Split(raw, ".")...)
	}
	for _, secret := range secrets {
		if len(secret) > 4 && strings.Contains(text, secret) {
			t.Errorf("%q is exported", secret)
		}
	}
}

// documented finds the rows of the guide's tables: metrics with their kinds, spans.
var documented = regexp.MustCompile("(?m)^\\| `(cognito\\.[a-z_.]+)` \\| ([a-z]+) \\| ([^|]*) \\|")

// TestDocumentation: the guide's tables are what is exported.
func TestDocumentation(t *testing.T) {
	guide, err := os.ReadFile("../../../docs/observing.md")
	switch {
	case errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") != "true":
		t.Skip("the guide is no part of the module, and this is no checkout of the repository: ", err)
	case err != nil:
		t.Fatal(err)
	}
	var want []string
	for _, row := range documented.FindAllStringSubmatch(string(guide), -1) {
		names := strings.FieldsFunc(row[3], func(r rune) bool { return r == '`' || r == ',' || r == ' ' })
		slices.Sort(names)
		want = append(want, fmt.Sprintf("%s %s %s", row[1], row[2], strings.Join(names, " ")))
	}
	backend, _ := busy(t)
	names := map[string]map[string]bool{} // attributes by "name kind"
	add := func(name, kind string, attributes []attribute.KeyValue) {
		row := names[name+" "+kind]
		if row == nil {
			row = map[string]bool{}
			names[name+" "+kind] = row
		}
		for _, a := range attributes {
			row[string(a.Key)] = true
		}
	}
	for _, m := range backend.collect(t) {
		switch data := m.Data.(type) {
		case metricdata.Histogram[float64]:
			for _, p := range data.DataPoints {
				add(m.Name, "histogram", p.Attributes.ToSlice())
			}
		case metricdata.Gauge[float64]:
			add(m.Name, "gauge", data.DataPoints[0].Attributes.ToSlice())
		case metricdata.Gauge[int64]:
			add(m.Name, "gauge", data.DataPoints[0].Attributes.ToSlice())
		}
	}
	for _, span := range backend.spans.GetSpans() {
		if strings.HasPrefix(span.Name, "cognito.") {
			add(span.Name, "span", span.Attributes)
		}
	}
	var got []string
	for row, attributes := range names {
		line := []string{}
		for name := range attributes {
			line = append(line, name)
		}
		slices.Sort(line)
		got = append(got, row+" "+strings.Join(line, " "))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("exported:\n%s\ndocumented:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
