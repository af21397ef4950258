//go:build !linux

package main

import "time"

// canSeeUsage says that what a process uses is known here. On this system it is not, and
// the columns stay empty.
const canSeeUsage = false

func cpuTime(int) (time.Duration, error) { return 0, nil }

func resident(int) (int64, error) { return 0, nil }

func onMemory(string) bool { return false }
