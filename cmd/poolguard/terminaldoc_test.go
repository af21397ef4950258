package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/poolguard/poolguard/internal/terminalauth/profile"
)

// The guide's commands exist with their flags, and its file can be read.
func TestTerminalGuide(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "terminal.md"))
	if err != nil {
		t.Fatal(err)
	}
	commands := 0
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", "")) { // a command of two lines
		args, found := strings.CutPrefix(strings.TrimRight(line, "\n"), "    poolguard ")
		if !found {
			continue
		}
		commands++
		p := &program{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }}
		args, _, piped := strings.Cut(args, " | poolguard verify -")
		cmd, rest, err := p.root().Find(strings.Fields(args))
		if err == nil {
			err = cmd.ParseFlags(rest)
		}
		if piped && cmd.Name() != "token" {
			t.Errorf("%sonly token has a token for verify", line)
		}
		if err != nil || !cmd.Runnable() || len(cmd.Flags().Args()) > 0 {
			t.Errorf("%s%v %q", line, err, cmd.Flags().Args())
		}
	}
	_, yaml, _ := strings.Cut(string(text), "```yaml\n")
	yaml, _, found := strings.Cut(yaml, "```")
	if file, err := profile.Parse("terminal.md", []byte(yaml)); err != nil || !found || len(file.Profiles) != 2 || commands < 8 {
		t.Errorf("%v, %d commands", err, commands)
	}
}
