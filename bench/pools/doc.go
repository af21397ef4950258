// Program pools measures a verifier that resolves thousands of user pools
// (cognito.Config.Resolve): the cost of a token beside its signature check, with one
// pool, with a hundred and with ten thousand; and the memory that the pools take, also
// where there are more of them than are kept, and where strangers make up issuers.
//
//	make bench-pools
//
// Everything is measured in one process, in turns, so that figures of one run can be
// compared with each other. The last lines are for scripts.
package main
