package promcognito

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// Values of the label outcome. All but ok and copied are failures.
const (
	fetchOK   = "ok"
	copied    = "copy" // the copy in cognito.Config.KeySetDirectory was read instead
	noAnswer  = telemetry.NoAnswer
	unusable  = telemetry.Unusable
	status3xx = "status_3xx"
	status4xx = "status_4xx"
	status5xx = "status_5xx"
)

// keySets counts fetches and shows the key sets in use.
type keySets struct {
	fetches  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	age      *prometheus.Desc
	keys     *prometheus.Desc
	sets     *telemetry.KeySets
}

func newKeySets(config Config) *keySets {
	labels := []string{"user_pool", "url"}
	return &keySets{
		fetches: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "cognito_key_set_fetches_total",
			Help: "Fetches of key sets by what came of them: \"ok\", \"copy\" for one read from disk instead, or the kind of failure.",
		}, []string{"user_pool", "url", "outcome"}),
		duration: prometheus.NewHistogramVec(histogram("cognito_key_set_fetch_duration_seconds",
			"Time that fetches of key sets took, copies read from disk left out.",
			config.FetchBuckets, config.NativeBucketFactor), []string{"outcome"}),
		age:  prometheus.NewDesc("cognito_key_set_age_seconds", "Time since the key set was fetched whose keys are in use.", labels, nil),
		keys: prometheus.NewDesc("cognito_key_set_keys", "Usable keys of the key set in use.", labels, nil),
		sets: telemetry.NewKeySets(config.MaxKeySets, config.Now),
	}
}

func (k *keySets) fetched(f cognito.KeySetFetch) {
	// The library checks addresses, but a label that is not UTF-8 is a panic.
	f.UserPool, f.URL = strings.ToValidUTF8(f.UserPool, "�"), strings.ToValidUTF8(f.URL, "�")
	pool, url := f.UserPool, f.URL
	if !k.sets.Fetched(f) {
		pool, url = other, other
	}
	outcome := outcomeOf(f)
	k.fetches.WithLabelValues(pool, url, outcome).Inc()
	if !f.Copy {
		k.duration.WithLabelValues(outcome).Observe(max(f.Duration, 0).Seconds())
	}
}

func outcomeOf(f cognito.KeySetFetch) string {
	switch {
	case f.Copy:
		return copied
	case f.Err == nil:
		return fetchOK
	case f.StatusCode >= 500:
		return status5xx
	case f.StatusCode >= 400:
		return status4xx
	case f.StatusCode >= 300:
		return status3xx
	case f.StatusCode != 0:
		return unusable
	}
	return noAnswer
}

func (k *keySets) describe(descriptions chan<- *prometheus.Desc) {
	k.fetches.Describe(descriptions)
	k.duration.Describe(descriptions)
	descriptions <- k.age
	descriptions <- k.keys
}

func (k *keySets) collect(metrics chan<- prometheus.Metric) {
	k.fetches.Collect(metrics)
	k.duration.Collect(metrics)
	for _, set := range k.sets.InUse() {
		metrics <- prometheus.MustNewConstMetric(k.age, prometheus.GaugeValue, set.Age.Seconds(), set.UserPool, set.URL)
		metrics <- prometheus.MustNewConstMetric(k.keys, prometheus.GaugeValue, float64(set.Keys), set.UserPool, set.URL)
	}
}
