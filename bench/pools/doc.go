// Program pools measures a verifier that resolves thousands of user pools with
// cognito.Config.Resolve.
//
// It measures:
//
//   - the cost of a token, compared with its signature check, with one pool, with a
//     hundred and with ten thousand;
//   - the memory of the pools, also with more pools than the verifier keeps and with
//     tokens of made-up issuers.
//
// Run it with:
//
//	make bench-pools
//
// One process measures everything in turn, so figures of one run can be compared. The last
// lines are for scripts.
package main
