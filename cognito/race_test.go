//go:build race

package cognito_test

// underRace is whether the race detector is on: it has sync.Pool forget at random, so
// that allocations cannot be counted.
const underRace = true
