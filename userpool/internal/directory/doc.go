// Package directory has what a user pool server knows: pools, app clients,
// resource servers, groups, users, and the sign-ins, codes, refresh tokens,
// sessions and challenges that come of them. It owns the shape of these records,
// their keys and indexes in a [store.Store], and which values they may have.
//
// Its functions work on a transaction that the caller began, so that a decision
// and its consequences (a code is taken, a refresh token filed) happen in one
// step. It knows nothing of HTTP, tokens or clocks: times come in as arguments.
// Start at [Pool], [Client] and [User].
package directory
