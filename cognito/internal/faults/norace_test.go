//go:build !race

package faults

// underRace: see race_test.go.
const underRace = false
