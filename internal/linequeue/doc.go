// Package linequeue writes the lines of a server to an output that can be full, such as a
// pipe that no program reads.
//
// It owns the rule that no request waits for the operator's output: lines wait in a bounded
// queue, a line that finds the queue full is dropped, and the number of dropped lines is
// reported when there is room again. It never escapes or changes a line. Start at [New], or
// at [NewLogger] for the lines of a log.
package linequeue
