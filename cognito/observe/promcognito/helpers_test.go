package promcognito_test

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/cognitotest"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
)

// newMetrics returns metrics on a registry that refuses what is inconsistent.
func newMetrics(t testing.TB, config promcognito.Config) (*promcognito.Metrics, *prometheus.Registry) {
	t.Helper()
	metrics, err := promcognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	registry := prometheus.NewPedanticRegistry()
	if err := registry.Register(metrics); err != nil {
		t.Fatal(err)
	}
	return metrics, registry
}

func newVerifier(t testing.TB, issuer *cognitotest.Issuer, metrics *promcognito.Metrics, change func(*cognito.Config)) *cognito.Verifier {
	t.Helper()
	config := issuer.Config()
	if metrics != nil {
		config.Observer = metrics.Observer()
	}
	if change != nil {
		change(&config)
	}
	verifier, err := cognito.New(config)
	if err != nil {
		t.Fatal(err)
	}
	return verifier
}

// gather returns every sample of a registry by its name with its labels as in the
// text format; of histograms, the counts.
func gather(t testing.TB, registry prometheus.Gatherer) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string]float64{}
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			name := family.GetName() + "{"
			for n, label := range metric.GetLabel() {
				if n > 0 {
					name += ","
				}
				name += label.GetName() + "=" + label.GetValue()
			}
			name += "}"
			switch {
			case metric.GetCounter() != nil:
				samples[name] = metric.GetCounter().GetValue()
			case metric.GetGauge() != nil:
				samples[name] = metric.GetGauge().GetValue()
			case metric.GetHistogram() != nil:
				samples[name] = float64(metric.GetHistogram().GetSampleCount())
			default:
				t.Errorf("%s is of an unknown kind", name)
			}
		}
	}
	return samples
}

// checkSamples compares those samples that are not 0.
func checkSamples(t testing.TB, registry prometheus.Gatherer, want map[string]float64) {
	t.Helper()
	got := gather(t, registry)
	for name, value := range got {
		if value != 0 && want[name] != value {
			t.Errorf("%s is %v, want %v", name, value, want[name])
		}
	}
	for name, value := range want {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing, want %v", name, value)
		}
	}
}

// fetches has whoever waits told of each fetch, after it was counted: it is counted
// after those who waited for its keys had them.
func fetches(c *cognito.Config) <-chan struct{} {
	told := make(chan struct{}, 10)
	c.Observer = cognito.JoinObservers(c.Observer, &cognito.Observer{KeySetFetched: func(cognito.KeySetFetch) { told <- struct{}{} }})
	return told
}
