//go:build race

package cognito

// UnderRace is whether the race detector is on: it has sync.Pool forget at random, so
// that allocations cannot be counted.
const UnderRace = true
