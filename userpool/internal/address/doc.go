// Package address checks the addresses in a user pool's configuration and in requests:
// its public URL, redirect URIs, resource indicators.
//
// It owns which hosts are this machine, and which URLs are "https or loopback". It never
// resolves a name. Rules of Cognito that are narrower stay with their callers, which
// name them: a redirect URI with plain http has one of three hosts, for example.
//
// The verifier library has the same rules in code of its own. Both run the same table of
// cases, testdata/addresses.json. Start at [Parse].
package address
