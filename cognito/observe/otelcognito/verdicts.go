package otelcognito

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/poolguard/poolguard/cognito"
)

// verdicts measures verifications.
type verdicts struct {
	duration metric.Float64Histogram

	// Making a set of attributes takes longer than finding a token in the cache of the
	// verifier. So the sets are kept: in all where pools are not told apart, else in
	// byPool.
	all      *table
	most     int // pools that are told apart
	byPool   atomic.Pointer[map[string]*table]
	changing sync.Mutex // held to replace the map of byPool, which is never written to
	others   *table     // pools over the limit
}

// A table has the attributes of verdicts on tokens of a pool, by code, kind and
// whether it was a hit; each is made at its first use.
type table [codePlaces][3][2]atomic.Pointer[[]metric.RecordOption]

// Most verifications of known tokens take 100 to 500 ns and of new ones 20 to 100 µs;
// those that wait for a key set take as long as the network, at most some seconds.
var verificationBounds = []float64{
	100e-9, 200e-9, 400e-9, 800e-9, 2e-6, 5e-6, 10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 1e-3, 10e-3, 100e-3, 1, 5, 10,
}

func newVerdicts(meter metric.Meter, most int) (*verdicts, error) {
	duration, err := meter.Float64Histogram("cognito.verification.duration",
		metric.WithDescription("Time to verify a token, waiting for key sets and the application's checks included."),
		metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(verificationBounds...))
	v := &verdicts{duration: duration, all: new(table), others: new(table), most: most}
	v.byPool.Store(&map[string]*table{})
	return v, err
}

func (v *verdicts) record(ctx context.Context, seen cognito.Verification) {
	known, pool := v.tableOf(seen.UserPool)
	v.duration.Record(ctx, max(seen.Duration, 0).Seconds(), options(known, pool, seen)...)
}

// options returns the attributes of seen by the table of a pool.
func options(known *table, pool string, seen cognito.Verification) []metric.RecordOption {
	hit := 0
	if seen.CacheHit {
		hit = 1
	}
	place := &known[codePlace(seen.Code)][usePlace(seen.TokenUse)][hit]
	if found := place.Load(); found != nil {
		return *found
	}
	attributes := describeVerdict(nil, seen)
	if pool != "" {
		attributes = append(attributes, userPoolKey.String(pool))
	}
	made := []metric.RecordOption{metric.WithAttributeSet(attribute.NewSet(attributes...))}
	place.Store(&made)
	return made
}

// tableOf returns the table of a pool and what the pool is called; "" is not said.
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
	return v.others, "_OTHER"
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
