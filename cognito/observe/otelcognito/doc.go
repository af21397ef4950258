// Package otelcognito measures and traces a verifier of package cognito with
// OpenTelemetry. It measures verifications by code, their durations, hits of the cache of
// verified tokens, fetches of key sets and the ages of key sets.
//
//	telemetry, err := otelcognito.New(otelcognito.Config{})
//	verifier, err := cognito.New(cognito.Config{Observer: telemetry.Observer(), …})
//
// # Spans
//
// A verification has a span, "cognito.verify", if the context of its caller has a
// recorded span. Checks of the application run within it. A verification of a known token
// takes less than a microsecond, and a recorded span takes several times as long. So only
// traced requests pay for it, and no trace consists of one verification. Config.RootSpans
// changes that.
//
// A fetch of a key set belongs to no request: many requests may wait for one fetch, and
// none for a fetch in the background. It has a span of kind client in a trace of its own,
// "cognito.key_set.fetch".
//
// # Errors
//
// The attribute error.type of spans and measurements is the code of a refusal, or
// "_OTHER" for a code that the application defines. The status of a span is Error only
// for keys_unavailable and check_unavailable, if this service could not do its work. It
// is unset for every other refusal, because OpenTelemetry's conventions for HTTP and RPC
// servers leave it unset for faults of the caller. A verifier that rejects an expired
// token works correctly. A client that sends bad tokens must not be able to raise alarms,
// or to have its traces kept by rules that keep failures. The span of a failed fetch has
// the status Error, like the spans of HTTP clients.
//
// # Exported data
//
// No exported value has a token or a part of one. The kind of a token is exported if its
// signature is valid. The user pool that a token names is exported if it is trusted. The
// file docs/observing.md of the repository lists all names. The package imports only the
// API of OpenTelemetry, not its SDK.
package otelcognito
