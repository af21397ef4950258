package examples

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// buildFlags are those of the test itself, so that what was compiled for one is there
// for the other.
var buildFlags []string

// build builds the programs of some folders in one go, without what debuggers need, and returns
// where they are.
func build(t *testing.T, folders ...string) (directory string) {
	t.Helper()
	directory = t.TempDir()
	arguments := append([]string{"build", "-ldflags=-w", "-p", "2", "-o", directory + string(filepath.Separator)}, buildFlags...)
	for _, folder := range folders {
		arguments = append(arguments, "./"+folder)
	}
	if output, err := exec.CommandContext(t.Context(), "go", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, output)
	}
	return directory
}

var listening = regexp.MustCompile(`^listening on (?:http://)?(\S+)$`)

// start starts a program and returns the address that it says it listens on, and the line
// after that, which is to be pasted into a shell. It ends with the test.
func start(t *testing.T, command *exec.Cmd) (address, paste string) {
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
	if !lines.Scan() {
		t.Fatalf("%s prints no line to paste", command.Path)
	}
	return found[1], lines.Text()
}

// checkPaste runs a line that calls an example, with a token for poolguard token. The example
// must answer with that status, and with the text in the body.
func checkPaste(t *testing.T, line, token string, status int, body string) {
	t.Helper()
	for _, program := range []string{"sh", "curl"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not installed", program)
			}
			t.Skipf("%s is not installed", program)
		}
	}
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "poolguard"), []byte("#!/bin/sh\n[ \"$*\" = token ] && echo "+token+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c", line+" -s --noproxy '*'")
	shell.Env = append(os.Environ(), "PATH="+directory+string(filepath.ListSeparator)+os.Getenv("PATH"))
	output, err := shell.Output()
	if want := fmt.Sprintf("HTTP/1.1 %d ", status); err != nil || !strings.HasPrefix(string(output), want) || !strings.Contains(string(output), body) {
		t.Errorf("%s\n%v, want %s and %q:\n%s", line, err, want, body, output)
	}
}
