// Package promcognito makes metrics of a verifier of package cognito for Prometheus:
// verifications by code, their durations, hits of the cache of verified tokens, fetches of
// key sets and the ages of key sets.
//
//	metrics, err := promcognito.New(promcognito.Config{})
//	registry.MustRegister(metrics)
//	verifier, err := cognito.New(cognito.Config{Observer: metrics.Observer(), …})
//
// It registers nothing by itself, on the default registry least of all, and serves
// nothing. No label holds anything of a token but, once its signature has held, which
// kind it is; no label grows with what callers send. The file docs/observing.md of the
// repository lists every metric.
package promcognito
