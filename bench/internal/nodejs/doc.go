// Package nodejs runs verifiers from npm in a process of its own, by the driver in
// testdata/node. The process stays for a whole run, so that what it compiled stays
// compiled, and answers one line for each line that it is told; times are measured
// there, by its own clock.
package nodejs
