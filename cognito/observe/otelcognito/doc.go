// Package otelcognito measures and traces what a verifier of package cognito does,
// with OpenTelemetry.
package otelcognito
