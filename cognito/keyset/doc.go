// Package keyset says where the public keys of an issuer come from: a remote
// address that is cached and refreshed ([NewRemote]), a file ([NewFile]), or
// bytes at hand ([NewStatic]).
//
// It owns fetching, caching, back-off and staleness of key sets. It never sees a
// token and decides nothing about one: a verifier asks a [Source] for a key by
// name and is told the key, that there is none, or that this could not be found
// out. Decision record 0003 says when a remote set is refreshed, and why so.
package keyset
