package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// slow are tests that take long and look at no check, or that count allocations,
// which weaving adds to: they are asked by name only.
const slow = "^(TestCacheMillionEntries|TestCacheIsBounded|TestMillionUnknownNames|TestHitAllocatesNothing|TestFastPathDoesNotAllocate|TestRuntimeColdStart)$"

// timeout is for the tests of one package. A break can make them wait forever.
const timeout = "60s"

// A bench is a copy of the module to try mutations in.
type bench struct {
	temp, module string
	env          []string
	woven        map[string]string // for each folder, the program of its tests with all breaks in it
}

// newBench copies the module at path.
func newBench(module string) (*bench, error) {
	temp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	// go test names packages by their real folders.
	if temp, err = filepath.EvalSymlinks(temp); err != nil {
		return nil, err
	}
	b := &bench{temp: temp, module: filepath.Join(temp, "module"), woven: map[string]string{}}
	b.env = append(os.Environ(), "GOWORK=off") //nolint:forbidigo // go needs its environment
	if err := os.CopyFS(b.module, withoutLinks{os.DirFS(module)}); err != nil {
		b.close()
		return nil, err
	}
	// Beside the copy there are no published vectors: tests look there where nobody
	// says otherwise.
	named := func(entry string) bool { return strings.HasPrefix(entry, "POOLGUARD_VECTORS=") }
	if vectors, err := filepath.Abs(filepath.Join(module, "..", "..", "shared", "vectors")); err == nil && !slices.ContainsFunc(b.env, named) {
		b.env = append(b.env, "POOLGUARD_VECTORS="+vectors)
	}
	return b, nil
}

// withoutLinks leaves out what is neither a file nor a folder.
type withoutLinks struct{ fs.FS }

// ReadDir implements fs.ReadDirFS.
func (f withoutLinks) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(f.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return !e.IsDir() && !e.Type().IsRegular() }), err
}

func (b *bench) close() { _ = os.RemoveAll(b.temp) } // a temporary folder, and nobody to tell

// weave builds the tests with all breaks in them that lie within a function, notes
// in each which number it has, and runs the tests without any.
func (b *bench) weave(ctx context.Context, chosen []mutation) error {
	clear(b.woven)
	looms := map[string]*loom{}
	for n := range chosen {
		m := &chosen[n]
		text, err := os.ReadFile(filepath.Join(b.module, filepath.FromSlash(m.file)))
		if err != nil {
			return err
		}
		if _, err := m.apply(string(text)); err != nil {
			continue // to be reported in its turn
		}
		if looms[m.file] == nil {
			if looms[m.file], err = newLoom(m.file, string(text)); err != nil {
				return err
			}
		}
		if looms[m.file].add(n+1, *m) {
			m.number = n + 1
		}
	}
	files := map[string]string{}
	for file, l := range looms {
		files[file] = l.cloth()
		name, text := l.switchFile()
		files[name] = text
	}
	overlay, err := b.lay(filepath.Join(b.temp, "woven"), files)
	if err != nil {
		return err
	}
	for _, t := range due(chosen) {
		if b.woven[t.folder] == "" {
			program := filepath.Join(b.temp, strings.ReplaceAll(t.folder, "/", "-")+".test")
			if output, err := b.goTool(ctx, "test", "-c", "-vet=off", "-ldflags=-s -w", "-gcflags=-e", "-overlay="+overlay, "-o", program, "./"+t.folder); err != nil {
				return fmt.Errorf("the breaks do not compile: %w\n%s", err, output)
			}
			b.woven[t.folder] = program
		}
		if output, err := b.runWoven(ctx, t, 0); err != nil {
			return fmt.Errorf("the tests of %s fail without a break: %w\n%s", t.folder, err, output)
		}
	}
	return nil
}

// due returns all tests that are asked about the mutations, each once.
func due(chosen []mutation) (list []tests) {
	for _, m := range chosen {
		for _, t := range m.tests {
			if !slices.Contains(list, t) {
				list = append(list, t)
			}
		}
	}
	return list
}

// lay writes files into folder, and an overlay that has go see them in the copy.
func (b *bench) lay(folder string, files map[string]string) (overlay string, err error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	replace := map[string]string{}
	for name, text := range files {
		file := filepath.Join(folder, strings.ReplaceAll(path.Clean(name), "/", "-"))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(b.module, filepath.FromSlash(name))] = file
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(folder, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// runWoven runs tests of a folder with the break of that number, none for 0.
func (b *bench) runWoven(ctx context.Context, t tests, number int) (string, error) {
	command := exec.CommandContext(ctx, b.woven[t.folder], t.flags("-test.")...) //nolint:gosec // built here
	command.Dir = filepath.Join(b.module, filepath.FromSlash(t.folder))
	command.Env = append(slices.Clip(b.env), fmt.Sprintf("%s=%d", switchName, number))
	output, err := command.CombinedOutput()
	return string(output), err
}

// runOverlaid compiles and runs tests of a folder with a break that lies outside of
// functions.
func (b *bench) runOverlaid(ctx context.Context, t tests, overlay string) (string, error) {
	arguments := append([]string{"test", "-count=1", "-vet=off", "-ldflags=-s -w", "-p=1", "-overlay=" + overlay}, t.flags("-")...)
	return b.goTool(ctx, append(arguments, "./"+t.folder)...)
}

func (b *bench) goTool(ctx context.Context, arguments ...string) (string, error) {
	command := exec.CommandContext(ctx, "go", arguments...) //nolint:gosec // the arguments are the table's
	command.Dir, command.Env = b.module, b.env
	output, err := command.CombinedOutput()
	return string(output), err
}

// flags are those of the test program, or of go test.
func (t tests) flags(prefix string) []string {
	which := prefix + "skip=" + slow
	if t.run != "" {
		which = prefix + "run=" + t.run
	}
	return []string{prefix + "failfast", prefix + "timeout=" + timeout, which}
}

var errNoVerdict = errors.New("the tests neither passed nor failed")
