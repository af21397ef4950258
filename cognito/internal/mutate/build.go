package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A build is the tests of the module, compiled with all mutants in them.
type build struct {
	module   string // absolute
	temp     string
	overlay  string
	env      []string
	programs map[string]string  // by folder
	tests    map[string][]*test // by folder, the quickest first
}

// newBuild writes the instrumented files into a temporary folder, and an overlay that
// has the go tool read them in place of the module's.
func newBuild(module string, sources []*source) (*build, error) {
	module, err := filepath.Abs(module)
	if err != nil {
		return nil, err
	}
	temp, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return nil, err
	}
	b := &build{module: module, temp: temp, programs: map[string]string{}, tests: map[string][]*test{}}
	b.env = append(os.Environ(), "GOWORK=off") //nolint:forbidigo // go needs its environment
	files := map[string]string{}
	for _, s := range sources {
		if len(s.edits) > 0 {
			files[s.file] = s.instrumented()
			files[path.Join(path.Dir(s.file), "chosen_mutant.go")] = chooser(s.parsed.Name.Name)
		}
	}
	if b.overlay, err = b.write(files); err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

func (b *build) remove() { _ = os.RemoveAll(b.temp) } // a temporary folder; nothing depends on it

func (b *build) write(files map[string]string) (overlay string, err error) {
	replace := map[string]string{}
	for name, text := range files {
		file := filepath.Join(b.temp, strings.ReplaceAll(path.Clean(name), "/", "-"))
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[filepath.Join(b.module, filepath.FromSlash(name))] = file
	}
	text, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		return "", err
	}
	overlay = filepath.Join(b.temp, "overlay.json")
	return overlay, os.WriteFile(overlay, text, 0o600)
}

// prepare compiles the tests that are asked about the mutants and runs each once
// without a mutant.
func (b *build) prepare(ctx context.Context, chosen []mutant) error {
	var folders []string
	prefixes := map[string][]string{}
	for _, m := range chosen {
		for _, a := range m.target.asked {
			if !slices.Contains(folders, a.folder) {
				folders = append(folders, a.folder)
			}
			if !slices.Contains(prefixes[a.folder], a.prefix) {
				prefixes[a.folder] = append(prefixes[a.folder], a.prefix)
			}
		}
	}
	for _, folder := range folders {
		err := b.compile(ctx, folder)
		if err == nil {
			b.tests[folder], err = b.measure(ctx, folder, prefixes[folder])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *build) compile(ctx context.Context, folder string) error {
	program := filepath.Join(b.temp, "tests-"+strings.ReplaceAll(folder, "/", "-"))
	command := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-ldflags=-s -w", "-gcflags=-e", "-overlay="+b.overlay, "-o", program, "./"+folder) //nolint:gosec // the folders are those of targets
	command.Dir, command.Env = b.module, b.env
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("the mutants do not compile: %w\n%s", err, output)
	}
	b.programs[folder] = program
	return nil
}

// start runs the test program of a folder with these settings in the environment.
func (b *build) start(ctx context.Context, folder string, settings []string, arguments ...string) (output string, err error) {
	command := exec.CommandContext(ctx, b.programs[folder], arguments...) //nolint:gosec // built here
	command.Dir = filepath.Join(b.module, filepath.FromSlash(folder))
	command.Env = append(slices.Clip(b.env), settings...)
	text, err := command.CombinedOutput()
	return string(text), err
}
