//go:build race

package faults

// underRace is whether the race detector is on: everything is ten times slower, and
// there can be 8128 goroutines.
const underRace = true
