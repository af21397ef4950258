package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The list of folders that are not checked yet, one a line.
const notYetFile = "scripts/vale/not-yet.txt"

// finding is a fault of the text.
type finding struct {
	path    string
	line    int
	level   string
	rule    string
	message string
}

func main() {
	vale := flag.String("vale", "", "path of Vale")
	selftest := flag.Bool("selftest", false, "check that every rule flags its samples in scripts/vale/samples.txt")
	flag.Parse()
	check := run
	if *selftest {
		check = proveRules
	}
	if err := check(context.Background(), *vale, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, vale string, paths []string) error {
	files, err := listFiles(ctx, paths)
	if err != nil {
		return err
	}
	found, err := check(ctx, vale, files)
	if err != nil {
		return err
	}
	var skip []string
	if len(paths) == 0 {
		if skip, err = readList(notYetFile); err != nil {
			return err
		}
	}
	return report(found, skip, len(paths) > 0)
}

// listFiles returns the files that git tracks or would add.
func listFiles(ctx context.Context, paths []string) ([]string, error) {
	arguments := append([]string{"ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"}, paths...)
	output, err := exec.CommandContext(ctx, "git", arguments...).Output() //nolint:gosec // the paths come from the caller
	if err != nil {
		return nil, fmt.Errorf("prose: git ls-files: %w", err)
	}
	files := strings.Split(strings.TrimRight(string(output), "\x00"), "\x00")
	return slices.DeleteFunc(files, func(file string) bool {
		return strings.Contains(file, "/testdata/") && !strings.HasSuffix(file, ".md")
	}), nil
}

// check returns the faults of the files, sorted by path and line.
func check(ctx context.Context, vale string, files []string) ([]finding, error) {
	folder, err := os.MkdirTemp("", "prose")
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var found []finding
	texts := map[string]*prose{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted and not yet committed
		}
		if err != nil {
			return nil, fmt.Errorf("prose: %w", err)
		}
		text, err := extract(file, source)
		if err != nil {
			return nil, err
		}
		if text == nil {
			continue
		}
		texts[file] = text
		if strings.HasSuffix(file, ".md") {
			found = append(found, tooWide(file, source)...)
		}
		target := filepath.Join(folder, file+".md")
		if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
			return nil, fmt.Errorf("prose: %w", err)
		}
		if err := os.WriteFile(target, text.markdown, 0o600); err != nil { //nolint:gosec // git prints no path outside of the repository
			return nil, fmt.Errorf("prose: %w", err)
		}
	}
	words, err := runVale(ctx, vale, folder)
	if err != nil {
		return nil, err
	}
	for _, f := range words {
		if text := texts[f.path]; text != nil && text.inner[f.line] {
			f.level = "warning"
		}
		found = append(found, f)
	}
	slices.SortFunc(found, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.path, b.path), cmp.Compare(a.line, b.line))
	})
	return found, nil
}

// runVale checks all files of a folder with the rules of this repository.
func runVale(ctx context.Context, vale, folder string) ([]finding, error) {
	config, err := filepath.Abs(".vale.ini")
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	command := exec.CommandContext(ctx, vale, "--no-exit", "--no-global", "--output=JSON", "--config="+config, ".") //nolint:gosec // the linter's own path
	command.Dir = folder
	var faults bytes.Buffer
	command.Stderr = &faults
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("prose: vale: %w\n%s%s", err, faults.Bytes(), output)
	}
	alerts := map[string][]struct {
		Check, Severity, Message string
		Line                     int
	}{}
	if err := json.Unmarshal(output, &alerts); err != nil {
		return nil, fmt.Errorf("prose: output of vale: %w", err)
	}
	var found []finding
	for file, list := range alerts {
		for _, a := range list {
			rule := strings.TrimPrefix(a.Check, "Poolguard.")
			found = append(found, finding{strings.TrimSuffix(filepath.ToSlash(file), ".md"), a.Line, a.Severity, rule, a.Message})
		}
	}
	return found, nil
}

// readList reads a file of one entry a line. Empty lines and lines that start
// with # are left out.
func readList(name string) ([]string, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	defer func() { _ = file.Close() }()
	var entries []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			entries = append(entries, line)
		}
	}
	return entries, lines.Err()
}

// report prints the findings. It returns an error if one of them has the level
// "error" and its folder is not in the list of folders to skip.
func report(found []finding, skip []string, warnings bool) error {
	failures, hints := 0, 0
	later := map[string]int{}
	for _, f := range found {
		folder := path.Dir(f.path)
		switch {
		case f.level != "error":
			hints++
			if !warnings {
				continue
			}
		case slices.Contains(skip, folder):
			later[folder]++
			continue
		default:
			failures++
		}
		fmt.Printf("%s:%d: %s: %s (%s)\n", f.path, f.line, f.level, f.message, f.rule)
	}
	for _, folder := range skip {
		if later[folder] == 0 {
			fmt.Printf("prose: %s is clean: remove it from %s\n", folder, notYetFile)
		} else {
			fmt.Printf("prose: not yet: %s, %d errors\n", folder, later[folder])
		}
	}
	fmt.Printf("prose: %d errors, %d warnings\n", failures, hints)
	if failures > 0 {
		return errors.New("prose: the rules are in CONTRIBUTING.md and scripts/vale; scripts/lint.sh prose PATH checks one file or folder")
	}
	return nil
}
