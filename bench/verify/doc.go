// Verify measures how long Poolguard and other libraries take to verify the same tokens,
// in one run.
//
//	go run ./verify                           the figures of the documentation, some minutes
//	go run ./verify -rounds 3 -tokens 500     the same in a few seconds, less exact
//
// # Checks
//
// All contenders make the same checks: RS256, iss, exp, token_use and the app client.
// Before the measurement, each contender must reject tokens that fail one of them.
// Poolguard also checks a scope. The floor is crypto/rsa.VerifyPKCS1v15 alone, with the
// same key and a digest that was computed before.
//
// # Rounds
//
// In each round every contender verifies the same slice of tokens, and the order changes
// from round to round. Absolute times change with the machine and its load. A ratio is
// therefore taken within each round, and the program prints the median of all rounds. It
// can differ from the quotient of the two times beside it.
//
// GOMAXPROCS is 1, so the work that a contender leaves to other goroutines counts as
// well. Node.js has a process and helper threads of its own. All contenders of one
// process share one heap, and the tokens make it large. The garbage collector runs rarely
// and slows down the contender that is measured at that moment. The median leaves these
// runs out, in favor of contenders that make the most garbage.
//
// # Cold and warm tokens
//
// A cold token is new to the verifier. Each of the -tokens tokens has one turn, so the
// result does not depend on the cache's choice of tokens to keep. A list that repeats and
// is longer than the cache would depend on it. The verifier's cache of verified tokens has
// the default size and is full before the first round: the program verifies other tokens
// until the cache has evicted one in five of them. The time of a cold token includes the
// insertion and the eviction.
//
// A warm token was verified before, in that same full cache.
//
// # One core and two cores
//
// At the end the program measures the throughput of one goroutine and of two with
// GOMAXPROCS 2. The goroutines run before a window begins and after it ends, so their
// start is not measured. The speedup is the ratio of the two throughputs, and "ns" is the
// time that passes for one verification. The floor shares nothing between cores: its
// speedup shows the share of two cores that other programs leave to this one.
package main
