package promcognito

import (
	"maps"
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/poolguard/poolguard/cognito"
)

// verdicts counts verifications.
type verdicts struct {
	total    *prometheus.CounterVec
	duration *prometheus.HistogramVec
	byCached [len(booleans)]prometheus.Observer // duration, resolved

	// Finding a series by its labels takes longer than finding a token in the cache of
	// the verifier. So what was found is kept: in all where pools are not told apart,
	// else in byPool.
	all      *table
	most     int // pools that are told apart
	byPool   atomic.Pointer[map[string]*table]
	changing sync.Mutex // held to replace the map of byPool, which is never written to
	others   *table     // pools over the limit
}

// A table has the counters of a pool, each found at its first use.
type table [codePlaces][len(uses)][len(booleans)]atomic.Pointer[prometheus.Counter]

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
		all:  new(table),
		most: config.UserPoolLabels,
	}
	for place, value := range booleans {
		v.byCached[place] = v.duration.WithLabelValues(value)
	}
	if v.most == 0 {
		v.begin()
		return v
	}
	v.others = new(table)
	v.byPool.Store(&map[string]*table{})
	return v
}

// begin makes the series that alerts and ratios are made of: what appears with its
// first increment has no rate for that.
func (v *verdicts) begin() {
	for _, use := range []cognito.TokenUse{cognito.TokenUseAccess, cognito.TokenUseID} {
		for _, cached := range []bool{false, true} {
			v.counter(v.all, "", cognito.Verification{TokenUse: use, CacheHit: cached})
		}
	}
	v.counter(v.all, "", cognito.Verification{Code: cognito.ErrKeysUnavailable})
}

func (v *verdicts) count(seen cognito.Verification) {
	counts, pool := v.tableOf(seen.UserPool)
	v.counter(counts, pool, seen).Inc()
	// These two are a transport's: there was no token, and nothing took any time.
	if seen.Code != cognito.ErrTokenMissing && seen.Code != cognito.ErrRequestInvalid {
		v.byCached[booleanPlace(seen.CacheHit)].Observe(max(seen.Duration, 0).Seconds())
	}
}

// counter returns what counts verifications such as seen in the table of a pool.
func (v *verdicts) counter(counts *table, pool string, seen cognito.Verification) prometheus.Counter {
	code, use, cached := codePlace(seen.Code), usePlace(seen.TokenUse), booleanPlace(seen.CacheHit)
	place := &counts[code][use][cached]
	if found := place.Load(); found != nil {
		return *found
	}
	labels := []string{string(codes[code]), uses[use], booleans[cached]}
	if v.most > 0 {
		labels = append(labels, pool)
	}
	counter := v.total.WithLabelValues(labels...)
	place.Store(&counter) // whoever else stores stores the same one
	return counter
}

// tableOf returns the table of a pool and the value of its label.
func (v *verdicts) tableOf(pool string) (t *table, name string) {
	if v.most == 0 || pool == "" {
		return v.all, ""
	}
	tables := *v.byPool.Load()
	if found := tables[pool]; found != nil {
		return found, pool
	}
	if len(tables) < v.most {
		if added := v.addPool(pool); added != nil {
			return added, pool
		}
	}
	return v.others, other
}

// addPool returns the table of a pool that may be new, or nil where there are as many
// as there may be.
func (v *verdicts) addPool(pool string) *table {
	v.changing.Lock()
	defer v.changing.Unlock()
	tables := *v.byPool.Load()
	if found := tables[pool]; found != nil || len(tables) >= v.most {
		return found
	}
	grown := maps.Clone(tables)
	grown[pool] = new(table)
	v.byPool.Store(&grown)
	return grown[pool]
}

func (v *verdicts) describe(descriptions chan<- *prometheus.Desc) {
	v.total.Describe(descriptions)
	v.duration.Describe(descriptions)
}

func (v *verdicts) collect(metrics chan<- prometheus.Metric) {
	v.total.Collect(metrics)
	v.duration.Collect(metrics)
}
