// Package faults has tests only. They test the whole verifier while its key sets are
// unavailable, not usable or changing.
//
// Each scenario runs twice:
//
//   - On a simulated clock, with the policy of production. The test asserts each
//     result to the second.
//   - On the clock of this machine, with a short policy and a server on loopback that
//     fails. The test asserts counts and results, and no times.
//
// The tests of a single key source are in keyset.
//
//	make faults
//
// prints a line for each run, as "go test -v" does. The line has the number of fetches
// of the key set, of tokens that were verified, of tokens that waited, and of wrong
// answers. The flood on the real clock also prints lines about known tokens, which are
// verified at a fixed rate before and among the hostile ones. These lines need two
// processors and a machine without other load.
package faults
