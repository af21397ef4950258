package privatefile

import (
	"errors"
	"syscall"
)

// isSharing reports whether another process has the file open: ERROR_SHARING_VIOLATION.
func isSharing(err error) bool { return errors.Is(err, syscall.Errno(32)) }
