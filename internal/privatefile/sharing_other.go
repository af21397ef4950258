//go:build !windows

package privatefile

func isSharing(error) bool { return false }
