package otelcognito

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/poolguard/poolguard/cognito"
)

// Values of error.type of a fetch, beside the status code of an answer.
const (
	noAnswer = "no_answer" // within the time-out
	unusable = "unusable"  // the answer was 200, and no key set or one without a usable key
)

// keySets measures fetches and knows the sets that are held.
type keySets struct {
	duration metric.Float64Histogram
	age      metric.Float64ObservableGauge
	keys     metric.Int64ObservableGauge
	most     int
	now      func() time.Time

	mu   sync.Mutex
	held map[keySet]*state // guarded by mu
}

type keySet struct{ pool, url string }

// state is what is known of the set that is held; fetchedAt is zero while none is.
type state struct {
	fetchedAt  time.Time
	keys       int
	attributes metric.MeasurementOption
}

func newKeySets(meter metric.Meter, most int, now func() time.Time) (*keySets, error) {
	k := &keySets{most: most, now: now, held: map[keySet]*state{}}
	var faults [3]error
	k.duration, faults[0] = meter.Float64Histogram("cognito.key_set.fetch.duration",
		metric.WithDescription("Time that fetches of key sets took."),
		metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3, 1, 5, 10))
	k.age, faults[1] = meter.Float64ObservableGauge("cognito.key_set.age",
		metric.WithDescription("Time since the key set was fetched whose keys are in use."),
		metric.WithUnit("s"))
	k.keys, faults[2] = meter.Int64ObservableGauge("cognito.key_set.key.count",
		metric.WithDescription("Usable keys of the key set in use."),
		metric.WithUnit("{key}"))
	return k, errors.Join(faults[:]...)
}

// describe returns the attributes of a fetch.
func describe(f cognito.KeySetFetch) []attribute.KeyValue {
	if f.Copy {
		return []attribute.KeyValue{sourceKey.String("copy")}
	}
	attributes := append(server(f.URL), sourceKey.String("remote"))
	if f.StatusCode != 0 {
		attributes = append(attributes, semconv.HTTPResponseStatusCode(f.StatusCode))
	}
	switch {
	case f.Err == nil:
	case f.StatusCode == 0:
		attributes = append(attributes, semconv.ErrorTypeKey.String(noAnswer))
	case f.StatusCode == http.StatusOK:
		attributes = append(attributes, semconv.ErrorTypeKey.String(unusable))
	default:
		attributes = append(attributes, semconv.ErrorTypeKey.String(strconv.Itoa(f.StatusCode)))
	}
	return attributes
}

// server returns the attributes of where an address leads.
func server(address string) []attribute.KeyValue {
	u, err := url.Parse(address)
	if err != nil { // the library has checked it
		return nil
	}
	port, err := strconv.Atoi(u.Port())
	switch {
	case err == nil:
	case u.Scheme == "http":
		port = 80
	default:
		port = 443
	}
	return []attribute.KeyValue{semconv.ServerAddress(u.Hostname()), semconv.ServerPort(port)}
}

func (k *keySets) fetched(f cognito.KeySetFetch, fetch []attribute.KeyValue) {
	k.keep(f)
	k.duration.Record(context.Background(), max(f.Duration, 0).Seconds(), metric.WithAttributes(fetch...))
}

// keep notes what is held after f, if the set is one of those that have an age.
func (k *keySets) keep(f cognito.KeySetFetch) {
	k.mu.Lock()
	defer k.mu.Unlock()
	set := keySet{f.UserPool, f.URL}
	known := k.held[set]
	if known == nil {
		if len(k.held) >= k.most {
			return
		}
		known = &state{attributes: metric.WithAttributes(userPoolKey.String(f.UserPool), semconv.URLFull(f.URL))}
		k.held[set] = known
	}
	if !f.SetFetchedAt.IsZero() { // else of a second verifier that has none yet; a set that is held is not given up
		known.fetchedAt = f.SetFetchedAt
	}
	if f.Err == nil {
		known.keys = f.Keys
	}
}

// observe tells the ages of the moment.
func (k *keySets) observe(_ context.Context, observer metric.Observer) error {
	now := k.now()
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, known := range k.held {
		if known.fetchedAt.IsZero() {
			continue
		}
		age := max(now.Sub(known.fetchedAt), 0) // a clock that was set back makes no key set of tomorrow
		observer.ObserveFloat64(k.age, age.Seconds(), known.attributes)
		observer.ObserveInt64(k.keys, int64(known.keys), known.attributes)
	}
	return nil
}
