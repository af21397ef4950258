// Package directory has the records of a user pool server: pools, app clients, resource
// servers, groups, users, and their sign-ins, codes, refresh tokens, sessions and
// challenges. It owns the form of these records, their keys and indexes in a [store.Store],
// and the values that they may have.
//
// Its functions use a transaction of the caller. So a decision and its consequences happen
// in one step: for example, a code is marked as used and a refresh token is stored. It
// knows no HTTP, tokens or clocks: times are arguments. Start at [Pool], [Client] and
// [User].
package directory
