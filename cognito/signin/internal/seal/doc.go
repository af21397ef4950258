// Package seal encrypts the records of sessions, so that neither the store nor the keys
// alone open them.
//
// It owns the ring of keys, the ID that only the browser has, and what is derived from
// both. It never stores a record and never reads its content.
package seal
