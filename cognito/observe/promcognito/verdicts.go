package promcognito

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// Values of the label code that are not codes of the library.
const (
	accepted = "accepted"
	other    = "other" // a code that the application defines (cognito.NewError)
)

// verdicts counts verifications.
type verdicts struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	hits     prometheus.Observer // duration of cache hits
	misses   prometheus.Observer // duration of all others

	counters  *telemetry.Tables[prometheus.Counter]
	tellPools bool
}

func newVerdicts(config Config) *verdicts {
	labels := []string{"code", "token_use", "cached"}
	if config.UserPoolLabels > 0 {
		labels = append(labels, "user_pool")
	}
	v := &verdicts{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cognito_verifications_total",
			Help: "Tokens verified and requests refused without one, by the code of the refusal or \"accepted\".",
		}, labels),
		duration: prometheus.NewHistogramVec(histogram("cognito_verification_duration_seconds",
			"Time to verify a token, waiting for key sets and the application's checks included.",
			config.VerificationBuckets, config.NativeBucketFactor), []string{"cached"}),
		counters:  telemetry.NewTables[prometheus.Counter](config.UserPoolLabels, other),
		tellPools: config.UserPoolLabels > 0,
	}
	v.hits, v.misses = v.duration.WithLabelValues(boolean(true)), v.duration.WithLabelValues(boolean(false))
	if !v.tellPools {
		v.begin()
	}
	return v
}

// begin makes the series that alerts and ratios need. A series that appears with its first
// increment has no rate for that increment.
func (v *verdicts) begin() {
	for _, use := range []cognito.TokenUse{cognito.TokenUseAccess, cognito.TokenUseID} {
		for _, cached := range []bool{false, true} {
			v.counter(cognito.Verification{TokenUse: use, CacheHit: cached})
		}
	}
	v.counter(cognito.Verification{Code: cognito.ErrKeysUnavailable})
}

func (v *verdicts) count(seen cognito.Verification) {
	v.counter(seen).Inc()
	// These two come from a transport: there was no token to verify and no duration.
	if seen.Code == cognito.ErrTokenMissing || seen.Code == cognito.ErrRequestInvalid {
		return
	}
	duration := v.misses
	if seen.CacheHit {
		duration = v.hits
	}
	duration.Observe(max(seen.Duration, 0).Seconds())
}

// counter returns the counter of verifications such as seen.
func (v *verdicts) counter(seen cognito.Verification) prometheus.Counter {
	table, pool := v.counters.Of(seen.UserPool)
	return table.Get(seen, func() prometheus.Counter {
		labels := []string{telemetry.CodeLabel(seen.Code, accepted, other), tokenUse(seen.TokenUse), boolean(seen.CacheHit)}
		if v.tellPools {
			labels = append(labels, pool)
		}
		return v.total.WithLabelValues(labels...)
	})
}

// tokenUse returns the value of the label token_use.
func tokenUse(use cognito.TokenUse) string {
	if use == cognito.TokenUseAccess || use == cognito.TokenUseID {
		return string(use)
	}
	return "unknown"
}

// boolean returns the value of the label cached.
func boolean(b bool) string {
	if b {
		return "true"
	}
	return "false"
}

func (v *verdicts) describe(descriptions chan<- *prometheus.Desc) {
	v.total.Describe(descriptions)
	v.duration.Describe(descriptions)
}

func (v *verdicts) collect(metrics chan<- prometheus.Metric) {
	v.total.Collect(metrics)
	v.duration.Collect(metrics)
}
