package main

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

func TestHelp(t *testing.T) {
	var visit func(path []string, c *cobra.Command)
	visit = func(path []string, c *cobra.Command) {
		var out, errs bytes.Buffer
		if status := run(append(path, "--help"), strings.NewReader(""), &out, &errs, func(string) string { return "" }); status != 0 {
			t.Errorf("%v: exit status %d: %s", path, status, errs.String())
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > 80 {
				t.Errorf("%v: %d columns: %s", path, n, line)
			}
			// Pflag's names for values that nobody named.
			if strings.Contains(line, " string ") || strings.Contains(line, "stringArray") {
				t.Errorf("%v: a flag without a word for its value: %s", path, line)
			}
		}
		if c.HasAvailableSubCommands() && c.Annotations[runsItself] == "" && strings.Contains(out.String(), c.CommandPath()+" [flags]") {
			t.Errorf("%v: the flags alone do nothing", path)
		}
		for _, sub := range c.Commands() {
			visit(append(path[:len(path):len(path)], sub.Name()), sub)
		}
	}
	visit(nil, (&program{}).root())
}

func TestHelpFitsNarrowTerminals(t *testing.T) {
	for _, command := range []string{"verify", "login", "userpool"} {
		var out bytes.Buffer
		root := (&program{}).root()
		fitHelp(root, 40)
		root.SetOut(&out)
		root.SetArgs([]string{command, "--help"})
		if err := root.Execute(); err != nil {
			t.Fatal(err)
		}
		description, rest, _ := strings.Cut(out.String(), "\nUsage:\n")
		if _, list, found := strings.Cut(rest, "\nAvailable Commands:\n"); found {
			list, _, _ = strings.Cut(list, "\n\n")
			description += list
		}
		if command == "login" && !strings.Contains(description, "\n  1  the sign-in was refused, or the\n     browser did not return in time\n") {
			t.Errorf("the exit statuses are not a list:\n%s", description)
		}
		for line := range strings.Lines(description) {
			line = strings.TrimSpace(line)
			if n := utf8.RuneCountInString(line); n > 40 && strings.Contains(line, " ") {
				t.Errorf("%s: %d columns: %s", command, n, line)
			}
		}
	}
}
