package main

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
)

var errNoBrowser = errors.New("no browser was found")

// openBrowser has the user's browser open an address, and waits until the program that
// does so ends: most hand it to the browser at once, and some are the browser. nil
// means that one took it.
func (p *program) openBrowser(ctx context.Context, address string) error {
	err := errNoBrowser
	for _, command := range browsers(runtime.GOOS, p.getenv, address) {
		// The browser stays when this command is over.
		//nolint:gosec // the user's own setting, or a fixed name, and no shell
		if err = exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...).Run(); err == nil {
			return nil
		}
	}
	return err
}

// browsers are commands that may open an address, in order: those of $BROWSER, a list
// with %s for the address, or what the system has.
func browsers(system string, getenv func(string) string, address string) [][]string {
	if list := getenv("BROWSER"); list != "" {
		separator := ":"
		if system == "windows" {
			separator = ";"
		}
		var commands [][]string
		for one := range strings.SplitSeq(list, separator) {
			if command := browserCommand(one, address); command != nil {
				commands = append(commands, command)
			}
		}
		return commands
	}
	switch system {
	case "windows":
		return [][]string{{"rundll32", "url.dll,FileProtocolHandler", address}}
	case "darwin":
		return [][]string{{"open", address}}
	}
	// Without a display xdg-open would look for a browser that runs in this terminal.
	if getenv("DISPLAY") == "" && getenv("WAYLAND_DISPLAY") == "" {
		return nil
	}
	return [][]string{{"xdg-open", address}}
}

func browserCommand(text, address string) []string {
	words := strings.Fields(text)
	placed := false
	for n, word := range words {
		if strings.Contains(word, "%s") {
			words[n], placed = strings.ReplaceAll(word, "%s", address), true
		}
	}
	if len(words) == 0 {
		return nil
	}
	if !placed {
		words = append(words, address)
	}
	return words
}
