//go:build !race

package cognito

// UnderRace: see race_test.go.
const UnderRace = false
