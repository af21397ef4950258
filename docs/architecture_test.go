// Package docs_test holds the documents to the tree.
package docs_test

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A line of the tree in architecture.md: a folder, and whether it is a module.
type treeLine struct {
	folder string
	module bool
}

// readTree returns the folders that the tree in architecture.md names.
func readTree(t *testing.T) (lines []treeLine) {
	t.Helper()
	text, err := os.ReadFile("architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tree, ok := strings.Cut(string(text), "\n## The tree\n")
	if !ok {
		t.Fatal("architecture.md has no section called The tree")
	}
	tree, _, _ = strings.Cut(tree, "\n## ")
	// Indentation, one or more folders, what they are.
	folder := regexp.MustCompile(`^( +)(\S+/|[^\s,]+(?:, [^\s,]+)*)(?: +(.*))?$`)
	parents := map[int]string{}
	for line := range strings.Lines(tree) {
		found := folder.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if found == nil {
			continue
		}
		depth := len(found[1])
		if depth < 4 || depth > 8 {
			continue // the continuation of a description
		}
		for name := range strings.SplitSeq(found[2], ", ") {
			parent := parents[depth-2]
			if first, _, isPath := strings.Cut(found[2], ","); isPath && name != first && !strings.Contains(name, "/") {
				parent = path.Join(parent, path.Dir(first)) // internal/srp, totp
			}
			if strings.Contains(name, "*") || strings.HasSuffix(name, ".mod") {
				continue
			}
			full := path.Join(parent, name)
			parents[depth] = full
			lines = append(lines, treeLine{full, strings.Contains(found[3], "MODULE")})
		}
	}
	return lines
}

// foldersWith returns the folders of the repository with a file whose name matches.
func foldersWith(t *testing.T, matches func(name string) bool) (folders []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(".."), ".", func(name string, entry fs.DirEntry, err error) error {
		base := path.Base(name)
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "testdata" || base == "node_modules" || base == "dist"):
			return fs.SkipDir
		case !entry.IsDir() && matches(base):
			if folder := path.Dir(name); !slices.Contains(folders, folder) {
				folders = append(folders, folder)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return folders
}

// nearest returns the line of a folder, or of the closest folder above it.
func nearest(lines []treeLine, folder string) (treeLine, bool) {
	for ; folder != "."; folder = path.Dir(folder) {
		if n := slices.IndexFunc(lines, func(l treeLine) bool { return l.folder == folder }); n >= 0 {
			return lines[n], true
		}
	}
	return treeLine{}, false
}

// TestTreeNamesEveryPackage compares the tree in architecture.md with the folders. A
// line stands for the folders below it only if the tree names none of them.
func TestTreeNamesEveryPackage(t *testing.T) {
	lines := readTree(t)
	if len(lines) < 30 {
		t.Fatalf("the tree has %d folders: %v", len(lines), lines)
	}
	for _, line := range lines {
		if info, err := os.Stat(filepath.Join("..", filepath.FromSlash(line.folder))); err != nil || !info.IsDir() {
			t.Errorf("architecture.md names the folder %s, which does not exist", line.folder)
		}
	}
	packages := foldersWith(t, func(name string) bool { return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") })
	for _, folder := range packages {
		line, ok := nearest(lines, folder)
		hasChildren := slices.ContainsFunc(lines, func(l treeLine) bool { return strings.HasPrefix(l.folder, line.folder+"/") })
		if !ok || line.folder != folder && hasChildren {
			t.Errorf("architecture.md does not name the package folder %s; add a line to its tree", folder)
		}
	}
}

// TestTreeNamesEveryModule compares the lines that say MODULE with the go.mod files.
func TestTreeNamesEveryModule(t *testing.T) {
	lines := readTree(t)
	modules := foldersWith(t, func(name string) bool { return name == "go.mod" })
	for _, folder := range modules {
		if line, ok := nearest(lines, folder); folder != "." && (!ok || !line.module) {
			t.Errorf("architecture.md does not say that %s is a MODULE", folder)
		}
	}
	for _, line := range lines {
		below := func(folder string) bool { return folder == line.folder || strings.HasPrefix(folder, line.folder+"/") }
		if line.module && !slices.ContainsFunc(modules, below) {
			t.Errorf("architecture.md says that %s is a MODULE, but there is no go.mod", line.folder)
		}
	}
}
