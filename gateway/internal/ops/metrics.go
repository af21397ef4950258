package ops

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/observe/promcognito"
	"github.com/poolguard/poolguard/gateway/internal/authz"
)

// Metrics are the metrics of one gateway. They are safe for concurrent use. Make them with
// [NewMetrics].
type Metrics struct {
	registry  *prometheus.Registry
	verifier  *promcognito.Metrics
	decisions *prometheus.CounterVec
	durations *prometheus.HistogramVec
	reloads   *prometheus.CounterVec
	panics    *prometheus.CounterVec
	loaded    prometheus.Gauge
	reporting prometheus.Gauge
}

// NewMetrics returns metrics with all counts at zero, those of the process and of package
// cognito included.
func NewMetrics() (*Metrics, error) {
	verifier, err := promcognito.New(promcognito.Config{})
	if err != nil {
		return nil, err
	}
	m := &Metrics{
		registry: prometheus.NewRegistry(), verifier: verifier,
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "poolguard_decisions_total", Help: "Decisions about requests.",
		}, []string{"adapter", "rule", "code", "outcome"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "poolguard_decision_duration_seconds", Help: "Time for a decision, waits for key sets included.",
			Buckets: []float64{.00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
		}, []string{"adapter"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "poolguard_reloads_total", Help: "Attempts to use a changed configuration.",
		}, []string{"result"}),
		panics: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "poolguard_panics_total", Help: "Requests that caused a panic and were denied.",
		}, []string{"listener"}),
		loaded: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "poolguard_configuration_timestamp_seconds", Help: "When the configuration in use was read.",
		}),
		reporting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "poolguard_report_only_rules", Help: "Rules that deny nothing, because they have report_only.",
		}),
	}
	for _, result := range []string{resultUsed, resultRefused} {
		m.reloads.WithLabelValues(result)
	}
	for _, c := range []prometheus.Collector{
		m, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	} {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// own returns all metrics but those of the process.
func (m *Metrics) own() []prometheus.Collector {
	return []prometheus.Collector{m.verifier, m.decisions, m.durations, m.reloads, m.panics, m.loaded, m.reporting}
}

// Describe implements [prometheus.Collector], for a registry of the program. Metrics of the
// process are not among them.
func (m *Metrics) Describe(descriptions chan<- *prometheus.Desc) {
	for _, c := range m.own() {
		c.Describe(descriptions)
	}
}

// Collect implements [prometheus.Collector].
func (m *Metrics) Collect(metrics chan<- prometheus.Metric) {
	for _, c := range m.own() {
		c.Collect(metrics)
	}
}

const (
	resultUsed    = "used"
	resultRefused = "refused"
)

// Observer returns the observer of verifiers.
func (m *Metrics) Observer() *cognito.Observer { return m.verifier.Observer() }

// Decided counts a decision. adapter is how it was asked for, such as "nginx".
func (m *Metrics) Decided(adapter string, d *authz.Decision, took time.Duration) {
	code := string(d.Code())
	if code == "" {
		code = outcomeAllowed
	}
	m.decisions.WithLabelValues(adapter, d.Rule, code, outcomeOf(d)).Inc()
	m.durations.WithLabelValues(adapter).Observe(took.Seconds())
}

// The outcomes of decisions.
const (
	outcomeAllowed     = "allowed"
	outcomeDenied      = "denied"
	outcomeUnavailable = "unavailable" // it could not be found out
	outcomeReported    = "reported"    // it would be denied, but for report_only
)

func outcomeOf(d *authz.Decision) string {
	switch {
	case d.ReportOnly():
		return outcomeReported
	case d.Allowed:
		return outcomeAllowed
	case d.Err.Temporary():
		return outcomeUnavailable
	}
	return outcomeDenied
}

// Loaded counts a configuration that is in use from now on. first says that it is the one
// of the start. reportOnly is how many of its rules deny nothing.
func (m *Metrics) Loaded(at time.Time, first bool, reportOnly int) {
	m.loaded.Set(float64(at.UnixMilli()) / 1000)
	m.reporting.Set(float64(reportOnly))
	if !first {
		m.reloads.WithLabelValues(resultUsed).Inc()
	}
}

// Panicked counts a request that caused a panic on a listener.
func (m *Metrics) Panicked(listener string) { m.panics.WithLabelValues(listener).Inc() }

// Refused counts a configuration that is not used.
func (m *Metrics) Refused() { m.reloads.WithLabelValues(resultRefused).Inc() }
