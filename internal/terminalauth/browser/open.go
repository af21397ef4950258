package browser

import (
	"context"
	"errors"
	"os/exec"
	"runtime"
	"strings"
)

var errNoBrowser = errors.New("no browser was found")

// Open opens an address in the user's browser, and waits until the program that does so
// ends. Most such programs pass the address to the browser and end at once; some are the
// browser. nil means that one of them accepted the address. getenv reads the environment.
func Open(ctx context.Context, getenv func(string) string, address string) error {
	err := errNoBrowser
	for _, command := range browsers(runtime.GOOS, getenv, address) {
		// The browser stays open when this command ends.
		//nolint:gosec // the user's own setting, or a fixed name, and no shell
		if err = exec.CommandContext(context.WithoutCancel(ctx), command[0], command[1:]...).Run(); err == nil {
			return nil
		}
	}
	return err
}

// browsers returns the commands that can open an address, in order: those of $BROWSER, a
// list with %s for the address, or that of the system.
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
