package main

import (
	"errors"
	"flag"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// terminalPicture is set by `make pictures`.
var terminalPicture = flag.String("terminal-picture", "", "write the picture of a session in a terminal to this file")

const pictureInDocs = "../../docs/img/terminal.svg"

// The session of the picture, with a token of the vectors, whose keys and times are always the
// same. Of the second command the picture has the first paragraph.
var session = []string{
	"poolguard verify --profile work --jwks keys.json --at 1767268800 - < token.txt",
	"poolguard verify --profile work --jwks keys.json --at 1767355200 - < token.txt",
}

// TestTerminalPictureIsCurrent: the picture of the README is what the command prints.
func TestTerminalPictureIsCurrent(t *testing.T) {
	recorder, err := exec.LookPath("script")
	if err != nil || exec.Command(recorder, "--version").Run() != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("script of util-linux, which gives a terminal to a command, is not installed")
		}
		t.Skip("script of util-linux, which gives a terminal to a command, is not installed")
	}
	folder := t.TempDir()
	vectors := readVectors(t, "../../cognito/testdata/vectors/accept.json")
	for name, text := range map[string]string{
		"keys.json": *vectors.KeySets["pool"].JWKS,
		"token.txt": *vectors.Cases[0].Token + "\n",
		"config.yaml": "profiles:\n  work:\n    user_pool: us-east-1_AbCdEfGhI\n    client_id: 1example23456789\n" +
			"    domain: https://auth.example.com\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var screen strings.Builder
	for n, line := range session {
		cmd := exec.CommandContext(t.Context(), recorder, "-qec", "stty cols 80; "+line, filepath.Join(folder, "record"))
		cmd.Dir = folder
		cmd.Env = append(os.Environ(), "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TERM=xterm", "NO_COLOR=", "SHELL=/bin/sh",
			"POOLGUARD_CONFIG="+filepath.Join(folder, "config.yaml"), "GORACE="+noRaceSleep)
		output, err := cmd.Output()
		if failed, rejected := errors.AsType[*exec.ExitError](err); err != nil && (!rejected || failed.ExitCode() != n) {
			t.Fatalf("%s: %v\n%s", line, err, output)
		}
		text := strings.ReplaceAll(string(output), "\r\n", "\n")
		if n > 0 {
			text, _, _ = strings.Cut(text, "\n\n")
			text += "\n\n  \x1b[2m…\x1b[0m\n"
		}
		fmt.Fprintf(&screen, "\x1b[1m$ %s\x1b[0m\n%s\n", line, text)
	}
	want := drawScreen("The command poolguard verifies a token, and rejects it a day later", screen.String())
	if *terminalPicture != "" {
		if err := os.WriteFile(*terminalPicture, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got, err := os.ReadFile(pictureInDocs); err != nil || string(got) != want {
		t.Errorf("%s is not what the command prints: run make pictures (%v)", pictureInDocs, err)
	}
}

// The measures of the picture in pixels, for 80 columns.
const (
	columnWidth = 7.8
	lineHeight  = 18
	screenEdge  = 16
)

const screenStyle = `<style>
rect{fill:#161b22}text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}
.c1{font-weight:600}.c2{fill:#9198a1}.c31{fill:#ff7b72}.c32{fill:#56d364}.c35{fill:#d2a8ff}
</style>
`

var colourCode = regexp.MustCompile("\x1b\\[([0-9]+)m")

// drawScreen draws lines of a terminal. Of its codes it knows those of package terminal.
func drawScreen(title, text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	width, height := 2*screenEdge+int(80*columnWidth), 2*screenEdge+lineHeight*len(lines)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 %[1]d %[2]d" role="img" aria-label="%[3]s">`+"\n", width, height, html.EscapeString(title))
	fmt.Fprintf(&b, "%s<rect width=\"%d\" height=\"%d\" rx=\"8\"/>\n", screenStyle, width, height)
	for n, line := range lines {
		if line == "" {
			continue
		}
		fmt.Fprintf(&b, `<text x="%d" y="%d">%s</text>`+"\n", screenEdge, screenEdge+13+lineHeight*n, drawLine(line))
	}
	return b.String() + "</svg>\n"
}

// drawLine draws the parts of a line in their colours.
func drawLine(line string) string {
	var b strings.Builder
	class := "0"
	part := func(text string) {
		if text = html.EscapeString(text); text != "" && class != "0" {
			text = `<tspan class="c` + class + `">` + text + "</tspan>"
		}
		b.WriteString(text)
	}
	for {
		place := colourCode.FindStringSubmatchIndex(line)
		if place == nil {
			part(line)
			return b.String()
		}
		part(line[:place[0]])
		class, line = line[place[2]:place[3]], line[place[1]:]
	}
}
