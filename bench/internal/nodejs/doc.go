// Package nodejs runs verifiers from npm in a process of their own, with the driver in
// testdata/node. The process runs for the whole measurement, so Node.js compiles the code
// only once. The process answers one line for each line that it reads. It measures the
// times with its own clock.
package nodejs
