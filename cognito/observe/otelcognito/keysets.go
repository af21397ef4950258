package otelcognito

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/internal/telemetry"
)

// keySets measures fetches and the key sets in use.
type keySets struct {
	duration metric.Float64Histogram
	age      metric.Float64ObservableGauge
	keys     metric.Int64ObservableGauge
	sets     *telemetry.KeySets
}

func newKeySets(meter metric.Meter, most int, now func() time.Time) (*keySets, error) {
	k := &keySets{sets: telemetry.NewKeySets(most, now)}
	var faults [3]error
	k.duration, faults[0] = meter.Float64Histogram("cognito.key_set.fetch.duration",
		metric.WithDescription("Time that fetches of key sets took."),
		metric.WithUnit("s"),
		metric.WithExplicitBucketBoundaries(telemetry.FetchBuckets()...))
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
		attributes = append(attributes, semconv.ErrorTypeKey.String(telemetry.NoAnswer))
	case f.StatusCode == http.StatusOK:
		attributes = append(attributes, semconv.ErrorTypeKey.String(telemetry.Unusable))
	default:
		attributes = append(attributes, semconv.ErrorTypeKey.String(strconv.Itoa(f.StatusCode)))
	}
	return attributes
}

// server returns the attributes of the server in an address.
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
	k.sets.Fetched(f)
	k.duration.Record(context.Background(), max(f.Duration, 0).Seconds(), metric.WithAttributes(fetch...))
}

// observe reports the age and size of the key sets in use.
func (k *keySets) observe(_ context.Context, observer metric.Observer) error {
	for _, set := range k.sets.InUse() {
		attributes := metric.WithAttributes(userPoolKey.String(set.UserPool), semconv.URLFull(set.URL))
		observer.ObserveFloat64(k.age, set.Age.Seconds(), attributes)
		observer.ObserveInt64(k.keys, int64(set.Keys), attributes)
	}
	return nil
}
