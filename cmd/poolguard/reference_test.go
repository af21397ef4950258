package main

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// Cobra's generator and what it needs are for this test only: the command does not
// contain them.
var (
	referenceFolder = flag.String("reference", "", "write the reference of the command line to this folder, as Markdown")
	manFolder       = flag.String("man", "", "write the manual pages to this folder")
)

const referencePath = "../../docs/cli"

// docs/cli says what the command's own help says. The file names and the content depend
// on the commands alone.
func TestCommandReferenceIsCurrent(t *testing.T) {
	want := reference(t)
	if *referenceFolder != "" {
		writeReference(t, *referenceFolder, want)
	}
	got := map[string]string{}
	files, err := filepath.Glob(filepath.Join(referencePath, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		got[filepath.Base(path)] = string(text)
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("docs/cli/%s is not current; write it again with: make docs", name)
		}
		delete(got, name)
	}
	if len(got) > 0 {
		t.Errorf("docs/cli has files that no command belongs to; remove them with: make docs: %q", slices.Sorted(maps.Keys(got)))
	}
}

// reference returns the reference, by file names.
func reference(t *testing.T) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, c := range documented() {
		var b bytes.Buffer
		if err := doc.GenMarkdown(c, &b); err != nil {
			t.Fatal(err)
		}
		text := b.String()
		if c.HasAvailableSubCommands() { // the flags alone do nothing
			text = strings.Replace(text, "```\n"+c.UseLine()+"\n```\n\n", "", 1)
		}
		pages[strings.ReplaceAll(c.CommandPath(), " ", "_")+".md"] = tidied(text)
	}
	return pages
}

// documented returns every command except help, the root first, with texts in Markdown.
func documented() []*cobra.Command {
	commands := []*cobra.Command{(&program{}).root()}
	for n := 0; n < len(commands); n++ {
		c := commands[n]
		c.DisableAutoGenTag = true // it has the date
		c.Long = markdown(c.Long)
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() {
				commands = append(commands, sub)
			}
		}
	}
	return commands
}

// markdown makes lines that begin with two spaces, which are samples, into code.
func markdown(long string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(long, "\n") {
		if strings.HasPrefix(line, "  ") {
			line = "  " + line
		}
		b.WriteString(line + "\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// tidied gives a page the form of the other documents: headings from the first level on,
// no capitals, and no spaces at the ends of lines.
func tidied(page string) string {
	page = strings.ReplaceAll(page, "\t - ", ": ")
	page = strings.ReplaceAll(page, "\n### SEE ALSO\n", "\n### See also\n")
	page = strings.ReplaceAll(page, "\n### Synopsis\n", "\n### Description\n")
	var b strings.Builder
	code := false
	for line := range strings.SplitSeq(strings.TrimSpace(page), "\n") {
		line = strings.TrimRight(line, " \t")
		if strings.HasPrefix(line, "```") {
			code = !code
		}
		if !code && strings.HasPrefix(line, "##") {
			line = line[1:]
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func writeReference(t *testing.T, folder string, pages map[string]string) {
	t.Helper()
	old, err := filepath.Glob(filepath.Join(folder, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range pages {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The manual pages come from the same commands.
func TestManualPagesHaveEveryCommand(t *testing.T) {
	folder := *manFolder
	if folder == "" {
		folder = t.TempDir()
	} else if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	root := documented()[0]
	header := &doc.GenManHeader{Title: "POOLGUARD", Section: "1", Source: "Poolguard", Manual: "Poolguard manual"}
	if err := doc.GenManTree(root, header, folder); err != nil {
		t.Fatal(err)
	}
	for name := range reference(t) {
		page := strings.ReplaceAll(strings.TrimSuffix(name, ".md"), "_", "-") + ".1"
		text, err := os.ReadFile(filepath.Join(folder, page))
		if err != nil || !bytes.Contains(text, []byte(".SH SYNOPSIS")) {
			t.Errorf("%s: %v", page, err)
		}
	}
}
