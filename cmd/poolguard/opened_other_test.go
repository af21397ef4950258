//go:build !linux

package main

import "testing"

// watchOpens is for Linux: elsewhere nothing says that a process waits for a lock.
func watchOpens(t *testing.T, _ string) (wait func()) {
	t.Helper()
	t.Skip("needs inotify")
	return nil
}
