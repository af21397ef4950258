// Package otelcognito measures and traces a verifier of package cognito with
// OpenTelemetry. It measures verifications by code, their durations, hits of the cache of
// verified tokens, fetches of key sets and the ages of key sets.
//
//	telemetry, err := otelcognito.New(otelcognito.Config{})
//	verifier, err := cognito.New(cognito.Config{Observer: telemetry.Observer(), …})
//
// # Spans
//
// A verification has a span, "cognito.verify", where the context that it is called with
// has one that is recorded; checks of the application run within it. A verification of
// a known token takes less than a microsecond, and a recorded span takes several times
// as long. So only requests that are traced pay for it, and no trace has one verification
// only. Config.RootSpans changes that.
//
// A fetch of a key set belongs to no request: many may wait for one, and none for one
// in the background. It has a span of kind client in a trace of its own,
// "cognito.key_set.fetch".
//
// # Errors
//
// The attribute error.type of spans and measurements is the code of a refusal, or
// "_OTHER" for a code that the application made up. The status of a span is Error only
// for keys_unavailable and check_unavailable, where this service could not do its work.
// It is unset for every other rejection, because OpenTelemetry's conventions for HTTP and
// RPC servers leave it unset for faults of the caller. A verifier that rejects an expired
// token works. A client that sends bad tokens must not be able to raise alarms, or to
// have its traces kept by rules that keep failures. The span of a failed fetch has the
// status Error, like the spans of HTTP clients.
//
// # What is exported
//
// Nothing exported has a token or a part of one. Of a token whose signature is valid, its
// kind is exported. Of every token, the trusted user pool that it names is exported, if it
// names one. The file docs/observing.md of the repository lists all names. The package
// imports the API of OpenTelemetry only, not its SDK.
package otelcognito
