package usage

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// CanSee says that what a process uses is known on this system.
const CanSee = true

// CPUTime returns how long all threads of a process have run, those that ended too.
func CPUTime(pid int) (time.Duration, error) {
	// The clock of another process, as clock_getcpuclockid(3) makes it: to the
	// nanosecond, where /proc/<pid>/stat counts hundredths of seconds.
	const scheduled = 2
	var at unix.Timespec
	if err := unix.ClockGettime(int32(^pid<<3|scheduled), &at); err != nil { //nolint:gosec // G115: a pid has 22 bits
		return 0, fmt.Errorf("clock of process %d: %w", pid, err)
	}
	return time.Duration(at.Nano()), nil
}

var residentForm = regexp.MustCompile(`(?m)^VmRSS:\s+([0-9]+) kB$`)

// Resident returns how many bytes of a process are in memory.
func Resident(pid int) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	found := residentForm.FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("no VmRSS in the status of process %d", pid)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	return kilobytes << 10, err
}

// Descriptors returns how many files and connections a process has open.
func Descriptors(pid int) (int, error) {
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(open), err
}

// OnMemory reports whether a folder is on a file system that needs no disk.
func OnMemory(folder string) bool {
	var system unix.Statfs_t
	if unix.Statfs(folder, &system) != nil {
		return false
	}
	kind := uint32(system.Type) //nolint:gosec // G115: a magic number has 32 bits, signed or not by the machine
	return kind == unix.TMPFS_MAGIC || kind == unix.RAMFS_MAGIC
}
