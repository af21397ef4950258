package promcognito

import (
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito"
)

// Values of the label outcome. All but ok and copied are failures.
const (
	fetchOK   = "ok"
	copied    = "copy"      // the copy of cognito.Config.KeySetDirectory was read, the address not asked
	noAnswer  = "no_answer" // within the time-out
	unusable  = "unusable"  // the answer was 200, and no key set or one without a usable key
	status3xx = "status_3xx"
	status4xx = "status_4xx"
	status5xx = "status_5xx"
)

// keySets counts fetches and knows the sets that are held.
type keySets struct {
	fetches  *prometheus.CounterVec
	duration *prometheus.HistogramVec
	age      *prometheus.Desc
	keys     *prometheus.Desc
	most     int
	now      func() time.Time

	mu   sync.Mutex
	held map[keySet]state // guarded by mu
}

// A keySet is one that has series of its own, by the values of its labels.
type keySet struct{ pool, url string }

// state is what is known of the set that is held; fetchedAt is zero while none is.
type state struct {
	fetchedAt time.Time
	keys      int
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
		most: config.MaxKeySets,
		now:  config.Now,
		held: map[keySet]state{},
	}
}

func (k *keySets) fetched(f cognito.KeySetFetch) {
	// The library checks addresses, but a label that is not UTF-8 is a panic.
	set := keySet{strings.ToValidUTF8(f.UserPool, "�"), strings.ToValidUTF8(f.URL, "�")}
	if !k.keep(set, f) {
		set = keySet{other, other}
	}
	outcome := outcomeOf(f)
	k.fetches.WithLabelValues(set.pool, set.url, outcome).Inc()
	if !f.Copy {
		k.duration.WithLabelValues(outcome).Observe(max(f.Duration, 0).Seconds())
	}
}

// keep notes what is held after f and reports whether the set is one of those that are
// told apart.
func (k *keySets) keep(set keySet, f cognito.KeySetFetch) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	now, known := k.held[set]
	if !known && len(k.held) >= k.most {
		return false
	}
	if !f.SetFetchedAt.IsZero() { // else of a second verifier that has none yet; a set that is held is not given up
		now.fetchedAt = f.SetFetchedAt
	}
	if f.Err == nil {
		now.keys = f.Keys
	}
	k.held[set] = now
	return true
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
	now := k.now()
	k.mu.Lock()
	gauges := make([]prometheus.Metric, 0, 2*len(k.held))
	for set, held := range k.held {
		if held.fetchedAt.IsZero() {
			continue
		}
		age := max(now.Sub(held.fetchedAt), 0) // a clock that was set back makes no key set of tomorrow
		gauges = append(gauges,
			prometheus.MustNewConstMetric(k.age, prometheus.GaugeValue, age.Seconds(), set.pool, set.url),
			prometheus.MustNewConstMetric(k.keys, prometheus.GaugeValue, float64(held.keys), set.pool, set.url))
	}
	k.mu.Unlock()
	for _, gauge := range gauges { // outside of the lock: whoever reads them may be slow
		metrics <- gauge
	}
}
