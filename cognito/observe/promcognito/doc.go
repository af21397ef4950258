// Package promcognito makes Prometheus metrics of a verifier of package cognito:
// verifications by code, their durations, hits of the cache of verified tokens, fetches
// of key sets and the ages of key sets.
//
//	metrics, err := promcognito.New(promcognito.Config{})
//	registry.MustRegister(metrics)
//	verifier, err := cognito.New(cognito.Config{Observer: metrics.Observer(), …})
//
// The package registers nothing itself and serves nothing. No label has a part of a
// token, except the kind of a token with a valid signature and the trusted user pool that
// a token names. The number of series does not depend on the requests of clients. The
// file docs/observing.md of the repository lists every metric.
package promcognito
