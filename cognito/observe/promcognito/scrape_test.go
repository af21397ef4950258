package promcognito_test

import (
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
)

// busy returns a registry of which every metric has a series, and the tokens that were
// verified for that.
func busy(t *testing.T, config promcognito.Config) (registry *prometheus.Registry, tokens []string) {
	t.Helper()
	issuer := cognitotest.NewIssuer()
	metrics, registry := newMetrics(t, config)
	var told <-chan struct{}
	verifier := newVerifier(t, issuer, metrics, func(c *cognito.Config) { told = fetches(c) })
	pool := issuer.Pool()
	tokens = []string{
		pool.AccessToken(), pool.IDToken(), pool.RefreshToken(), pool.AccessToken(cognitotest.Expired()), pool.MachineToken(),
		pool.AccessToken(cognitotest.Claim("iss", "https://elsewhere.example")), pool.AccessToken(cognitotest.WrongKey()),
	}
	for _, raw := range append(tokens, tokens...) {
		_, _ = verifier.VerifyAccessToken(t.Context(), raw)
	}
	<-told
	return registry, tokens
}

// TestScrape: what a server of Prometheus gets can be read, passes its linter, and has
// nothing of a token.
func TestScrape(t *testing.T) {
	registry, tokens := busy(t, promcognito.Config{UserPoolLabels: 10, NativeBucketFactor: 1.1})
	problems, err := testutil.GatherAndLint(registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("%+v, %v", problems, err)
	}
	answer := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{ErrorHandling: promhttp.HTTPErrorOnError}).
		ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	text := answer.Body.String()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(text))
	if err != nil || answer.Code != http.StatusOK || len(families) != 6 {
		t.Errorf("status %d, %d families, %v", answer.Code, len(families), err)
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

// TestNativeHistograms are there for the asking.
func TestNativeHistograms(t *testing.T) {
	for factor, want := range map[float64]bool{0: false, 1.1: true} {
		registry, _ := busy(t, promcognito.Config{NativeBucketFactor: factor})
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, family := range families {
			if family.GetType() == dto.MetricType_HISTOGRAM && (family.GetMetric()[0].GetHistogram().Schema != nil) != want {
				t.Errorf("%s with factor %v is native: %v", family.GetName(), factor, !want)
			}
		}
	}
}

// TestTwoVerifiers: with metrics of their own they can be told apart.
func TestTwoVerifiers(t *testing.T) {
	registry := prometheus.NewPedanticRegistry()
	for _, name := range []string{"people", "machines"} {
		metrics, err := promcognito.New(promcognito.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := prometheus.WrapRegistererWith(prometheus.Labels{"verifier": name}, registry).Register(metrics); err != nil {
			t.Fatal(err)
		}
		metrics.Observer().VerificationEnded(t.Context(), cognito.Verification{Duration: time.Second})
	}
	if n := gather(t, registry)["cognito_verification_duration_seconds{cached=false,verifier=machines}"]; n != 1 {
		t.Errorf("%v", n)
	}
}

var documented = regexp.MustCompile("(?m)^\\| `(cognito_[a-z_]+)` \\| ([a-z]+) \\| ([^|]*) \\|")

// TestDocumentation: the guide's table is what is exported.
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
		labels := strings.FieldsFunc(row[3], func(r rune) bool { return r == '`' || r == ',' || r == ' ' })
		slices.Sort(labels)
		want = append(want, row[1]+" "+row[2]+" "+strings.Join(labels, " "))
	}
	registry, _ := busy(t, promcognito.Config{UserPoolLabels: 1})
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, family := range families {
		line := family.GetName() + " " + strings.ToLower(family.GetType().String())
		for _, label := range family.GetMetric()[0].GetLabel() {
			line += " " + label.GetName()
		}
		got = append(got, line)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("exported:\n%s\ndocumented:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
