// Package otelcognito measures and traces what a verifier of package cognito does,
// with OpenTelemetry: verdicts by code, how long they took, hits of the cache of
// verified tokens, fetches of key sets and the age of those.
//
//	telemetry, err := otelcognito.New(otelcognito.Config{})
//	verifier, err := cognito.New(cognito.Config{Observer: telemetry.Observer(), …})
//
// # Spans
//
// A verification has a span, "cognito.verify", where the context that it is called with
// has one that is recorded; checks of the application run within it. A verification of
// a known token takes less than a microsecond, a recorded span several times that: so
// it is paid for where a request is traced, and nowhere else, and no trace consists of
// one verification. Config.RootSpans changes that.
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
// It is left unset for every other refusal, as OpenTelemetry's conventions for HTTP and
// RPC servers have it for what is the caller's fault: a verifier that refuses an expired
// token works, and whoever can send bad tokens must not be able to set off alarms, or
// to have their traces kept by rules that keep failures. The span of a fetch that failed
// has the status Error, as those of HTTP clients have.
//
// # What is exported
//
// No token, no part of one and nothing of what it says but, once its signature has
// held, which kind it is; of a token whose signature has not held, whether it names a
// trusted user pool, and which. The file docs/observing.md of the repository lists all
// names. Only the API of OpenTelemetry
// is imported, not its SDK.
package otelcognito
