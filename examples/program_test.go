package examples

import (
	"bufio"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// buildFlags are those of the test itself, so that what was compiled for one is there
// for the other.
var buildFlags []string

// build builds the programs of some folders in one go, and returns where they are.
func build(t *testing.T, folders ...string) (directory string) {
	t.Helper()
	directory = t.TempDir()
	arguments := append([]string{"build", "-p", "2", "-o", directory + string(filepath.Separator)}, buildFlags...)
	for _, folder := range folders {
		arguments = append(arguments, "./"+folder)
	}
	if output, err := exec.CommandContext(t.Context(), "go", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return directory
}

var listening = regexp.MustCompile(`^listening on (?:http://)?(\S+)$`)

// start starts a program and returns the address that it says it listens on. It ends
// with the test.
func start(t *testing.T, command *exec.Cmd) (address string) {
	t.Helper()
	var log strings.Builder
	command.Stderr = &log
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait() // it was killed
		if strings.Contains(log.String(), "DATA RACE") || strings.Contains(log.String(), "panic") {
			t.Errorf("%s wrote %s", command.Path, &log)
		}
	})
	lines := bufio.NewScanner(output)
	if !lines.Scan() {
		_ = command.Wait()
		t.Fatalf("%s does not listen: %s", command.Path, &log)
	}
	found := listening.FindStringSubmatch(lines.Text())
	if found == nil {
		t.Fatalf("%s says %q", command.Path, lines.Text())
	}
	return found[1]
}
