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
		if c.HasAvailableSubCommands() && strings.Contains(out.String(), c.CommandPath()+" [flags]") {
			t.Errorf("%v: the flags alone do nothing", path)
		}
		for _, sub := range c.Commands() {
			visit(append(path[:len(path):len(path)], sub.Name()), sub)
		}
	}
	visit(nil, (&program{}).root())
}
