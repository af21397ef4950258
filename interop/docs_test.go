package interop

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// The README is a landing page: short enough to read at once, in a narrow window too.
func TestReadmeFitsOnALandingPage(t *testing.T) {
	t.Parallel()
	const maxLines, maxColumns = 120, 100
	lines := strings.Split(strings.TrimSuffix(readFile(t, filepath.Join("..", "README.md")), "\n"), "\n")
	if len(lines) > maxLines {
		t.Errorf("README.md has %d lines, want at most %d", len(lines), maxLines)
	}
	for n, line := range lines {
		if columns := utf8.RuneCountInString(line); columns > maxColumns {
			t.Errorf("README.md:%d has %d columns, want at most %d", n+1, columns, maxColumns)
		}
	}
}

// TestMakeHelpFitsATerminal and names every target that is not a file.
func TestMakeHelpFitsATerminal(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("make is not installed")
		}
		t.Skip("make is not installed")
	}
	out, err := exec.CommandContext(t.Context(), "make", "-C", "..", "--no-print-directory", "help").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		if columns := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); columns > 80 {
			t.Errorf("%d columns, want at most 80: %s", columns, line)
		}
	}
	phony := regexp.MustCompile(`(?m)^\.PHONY: (.*)$`).FindStringSubmatch(readFile(t, filepath.Join("..", "Makefile")))
	if phony == nil {
		t.Fatal("the Makefile has no line .PHONY")
	}
	for target := range strings.FieldsSeq(phony[1]) {
		if !strings.Contains(string(out), "  make "+target+" ") {
			t.Errorf("make help does not have %s", target)
		}
	}
}

var markdownLink = regexp.MustCompile(`\]\(([^)\s]+)\)`)

// TestLinksBetweenDocumentsLeadSomewhere follows each relative link of each Markdown
// file to a file or folder, and each fragment to a heading.
func TestLinksBetweenDocumentsLeadSomewhere(t *testing.T) {
	t.Parallel()
	links := 0
	for _, document := range markdownFiles(t) {
		for _, match := range markdownLink.FindAllStringSubmatch(readFile(t, document), -1) {
			target, fragment, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, ":") { // an address elsewhere
				continue
			}
			links++
			to := document
			if target != "" {
				to = filepath.Join(filepath.Dir(document), filepath.FromSlash(target))
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s: %v", document, match[1], err)
				continue
			}
			if fragment != "" && !hasHeading(readFile(t, to), fragment) {
				t.Errorf("%s links to %s: no heading has this name", document, match[1])
			}
		}
	}
	if links < 20 {
		t.Errorf("found %d links, want at least 20: the test does not read the documents", links)
	}
}

func markdownFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || name != ".." && strings.HasPrefix(entry.Name(), ".")):
			return filepath.SkipDir
		case !entry.IsDir() && filepath.Ext(name) == ".md":
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// hasHeading reports whether a heading of the Markdown text has the fragment that code
// hosts give it: lower case, without punctuation, hyphens for spaces.
func hasHeading(text, fragment string) bool {
	for line := range strings.Lines(text) {
		heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		var name strings.Builder
		for _, r := range strings.ToLower(strings.TrimSpace(heading)) {
			switch {
			case r == ' ' || r == '-':
				name.WriteByte('-')
			case r == '_' || r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > utf8.RuneSelf:
				name.WriteRune(r)
			}
		}
		if name.String() == fragment {
			return true
		}
	}
	return false
}

func TestHasHeading(t *testing.T) {
	t.Parallel()
	const text = "# Title\n\n## Many user pools: `make bench-pools`\n\ntext\n"
	for fragment, want := range map[string]bool{
		"title": true, "many-user-pools-make-bench-pools": true, "Title": false, "text": false, "": false,
	} {
		if got := hasHeading(text, fragment); got != want {
			t.Errorf("hasHeading(%q) = %v, want %v", fragment, got, want)
		}
	}
}
