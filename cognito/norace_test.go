//go:build !race

package cognito_test

// underRace: see race_test.go.
const underRace = false
