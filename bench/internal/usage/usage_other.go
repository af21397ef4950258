//go:build !linux

package usage

import "time"

// CanSee says that what a process uses is known here. On this system it is not, and
// the columns stay empty.
const CanSee = false

// CPUTime returns 0.
func CPUTime(int) (time.Duration, error) { return 0, nil }

// Resident returns 0.
func Resident(int) (int64, error) { return 0, nil }

// Descriptors returns 0.
func Descriptors(int) (int, error) { return 0, nil }

// OnMemory reports false.
func OnMemory(string) bool { return false }
