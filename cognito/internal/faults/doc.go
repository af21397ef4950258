// Package faults holds tests and nothing else: the whole verifier while its key sets
// cannot be had, cannot be trusted or change under it. Each scenario runs on a
// simulated clock with the policy of production, where it can say to the second
// what must happen; and again on the clock of this machine against a server on
// loopback that really is faulty, with a short policy, where it asserts counts and
// verdicts and no times.
//
// What a key source does by itself is tested in keyset.
//
//	make faults
//
// prints a line for each run, as does `go test -v`: how often the key set was
// fetched, how many tokens were asked about, how many of these waited and how many
// were answered wrongly. The flood on the real clock prints lines about known tokens
// too, which are asked about at a fixed rate before and among the hostile ones: they
// need two processors and a machine that does nothing else.
package faults
