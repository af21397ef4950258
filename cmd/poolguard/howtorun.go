package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// howToRun is how a shell that has the demo's directory calls this program.
func howToRun() string {
	const name = "poolguard"
	own, err := os.Executable()
	if err != nil {
		return name
	}
	if ofGoRun(own) {
		return "go run ./cmd/" + name
	}
	if found, err := exec.LookPath(name); err == nil && sameFile(found, own) {
		return name
	}
	if !plainPath.MatchString(own) {
		return name
	}
	return own
}

// plainPath needs no quotes in a shell. Windows has backslashes in paths, which a POSIX
// shell would take for quotes.
var plainPath = regexp.MustCompile(`^[\pL\pN/._@%+:-]+$`)

// cachedProgram is where `go run` keeps what it built: in the build cache, whatever
// that is called, under the hash of its content.
var cachedProgram = regexp.MustCompile(`/[0-9a-f]{2}/[0-9a-f]{32,}-d/[^/]+$`)

// ofGoRun reports whether `go run` built the program: into a directory that is gone
// when it ends, or into the build cache, where it must not be called.
func ofGoRun(own string) bool {
	own = filepath.ToSlash(own)
	return strings.Contains(own, "/go-build") || cachedProgram.MatchString(own)
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
