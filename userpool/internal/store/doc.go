// Package store keeps the records of the local user pool: pools, clients,
// users, codes, refresh tokens, keys. Start with [Store], which [NewMemory]
// makes for tests and for pools that may be forgotten, and [Open] for pools that
// outlive the process.
//
// It owns the file in the data directory, what is said of it when it cannot be
// used, and the promise that an Update is kept whole or not at all. Records are
// bytes in buckets: it knows nothing of their content, never expires or
// encrypts them, and leaves who may read them to the permissions of the file,
// which is made for its user only.
//
// Errors name buckets, never keys or values, as those may be secrets.
package store
