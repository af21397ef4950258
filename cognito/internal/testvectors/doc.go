// Package testvectors finds the test data that others publish, which is kept beside
// the project and never in it.
package testvectors
