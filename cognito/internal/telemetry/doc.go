// Package telemetry is the state that the adapters of [cognito.Observer] share: one table for
// each user pool, with one value for each kind of verdict, and the key sets in use.
//
// It owns which codes have a label of their own, how many user pools and key sets have one, and the
// default buckets of histograms. It knows no metrics system and exports nothing: the names of
// metrics belong to packages promcognito and otelcognito.
//
// The modules observe/promcognito and observe/otelcognito import this package, and are released on
// their own. Do not remove or change what this package exports.
package telemetry
