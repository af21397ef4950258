// Strict runs Poolguard and its peers over the accept/reject vectors of the library and
// shows which tokens each accepts that must be refused, and which it refuses that are good.
//
//	go run ./strict
//
// Every verifier is set up as in its documentation and asked for RS256, iss, exp,
// token_use and the app client, by whatever settings it has for that, at the time that
// the case names and with no leeway; where the trusted issuers, app clients or kinds are
// several, the peers in Go get a verifier for each combination, and a token is accepted
// where one of them takes it. Cases under settings that the peers have no means for, such
// as required scopes, revocation or a leeway, are not asked, and counted.
//
// Some of what must be refused is policy more than a fault, such as the limit for the
// size, hence the table by codes: they say why a token must be refused.
package main
