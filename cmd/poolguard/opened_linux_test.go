package main

import (
	"os"
	"syscall"
	"testing"
)

// watchOpens returns what waits until another process opens the file: who waits for a
// lock has it open for moments only, which nobody would see in /proc.
func watchOpens(t *testing.T, path string) (wait func()) {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	events := os.NewFile(uintptr(fd), "inotify")
	t.Cleanup(func() { _ = events.Close() })
	if _, err := syscall.InotifyAddWatch(fd, path, syscall.IN_OPEN); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if _, err := events.Read(make([]byte, 4096)); err != nil {
			t.Fatal(err)
		}
	}
}
