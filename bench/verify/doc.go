// Verify measures how long Poolguard and its peers take to verify the same tokens, in
// one run.
//
//	go run ./verify                           the figures of the documentation, some minutes
//	go run ./verify -rounds 3 -tokens 500     the same in a few seconds, and rougher
//
// All contenders are asked for the same checks, which are tried before with tokens that
// each must refuse: RS256, iss, exp, token_use and the app client. Poolguard is also asked
// for a scope. The floor is crypto/rsa.VerifyPKCS1v15 alone with the same key, the digest
// at hand.
//
// Rounds alternate: in each, every contender has its turn at the same slice of tokens, and
// who goes first changes. Absolute times move with the machine and what else it does, so a
// ratio is taken within each round, and what is printed is the median of all rounds; it
// need not be the quotient of the two times beside it.
// GOMAXPROCS is 1, so that what a contender leaves to other goroutines counts as well;
// Node.js has a process and helper threads of its own. The contenders of one process share
// the collector's heap, which the tokens make large: its rare runs fall on whoever is
// there, and the median leaves them out, in favour of those who make the most garbage.
//
// Cold is a token that the verifier was never shown: each of -tokens tokens has one turn
// (so nothing depends on how the cache chooses what stays, as repeating a list that is
// longer than the cache would). The verifier is the one that users get, its cache of
// verified tokens at the default size and, before the first round, full: it was shown
// further tokens until one in five of all of them had been evicted again. So the time has
// the insertion and the eviction in it.
//
// Warm is a token that was verified before, in that same full cache.
package main
