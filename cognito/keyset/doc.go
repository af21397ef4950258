// Package keyset provides the public keys of an issuer. They come from a remote address
// whose set is cached and refreshed ([NewRemote]), from a file ([NewFile]), or from bytes
// in memory ([NewStatic]).
//
// It owns fetching, caching, back-off and staleness of key sets. It never sees a token and
// decides nothing about one. A verifier asks a [Source] for a key by name. The answer is
// the key, that there is no such key, or that this could not be found out. Decision record
// 0003 says when a remote set is refreshed, and why.
package keyset
