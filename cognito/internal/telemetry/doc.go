// Package telemetry is the state that the adapters of [cognito.Observer] share: one table for
// each user pool, with one value for each kind of verdict, and the key sets in use.
//
// It owns which codes have a label of their own, how many user pools and key sets have one, and the
// default buckets of histograms. It knows no metrics system and exports nothing: the names of
// metrics belong to packages promcognito and otelcognito.
package telemetry
