// Package store keeps the records of the local user pool: pools, clients, users, codes,
// refresh tokens, keys. Start with [Store]. [NewMemory] returns a store for one process,
// [Open] one that keeps its records in a file.
//
// It owns the file in the data directory, and the errors about a file that cannot be used.
// It guarantees that an Update is stored as a whole or not at all. Records are bytes in
// buckets. The package does not read, expire or encrypt them. The permissions of the file
// protect them: only its owner can read it.
//
// Errors name buckets. They never hold keys or values, because these may be secrets.
package store
