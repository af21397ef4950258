package telemetry

// VerificationBuckets returns the default upper bounds, in seconds, for durations of
// verifications. Most verifications of known tokens take 100 to 500 ns and of new ones 20 to
// 100 µs. Those that wait for a key set take as long as the network, at most some seconds.
func VerificationBuckets() []float64 {
	return []float64{
		100e-9, 200e-9, 400e-9, 800e-9, 2e-6, 5e-6, 10e-6, 25e-6, 50e-6, 100e-6, 250e-6, 1e-3, 10e-3, 100e-3, 1, 5, 10,
	}
}

// FetchBuckets returns the default upper bounds, in seconds, for durations of fetches.
func FetchBuckets() []float64 {
	return []float64{5e-3, 10e-3, 25e-3, 50e-3, 100e-3, 250e-3, 500e-3, 1, 5, 10}
}
