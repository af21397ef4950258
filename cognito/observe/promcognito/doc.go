// Package promcognito counts what a verifier of package cognito does, for
// Prometheus.
package promcognito
