package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// The samples of the rules: "RULE: text" must be flagged by this rule and no
// other, "-: text" by none. \n in a text is a new line.
const samplesFile = "scripts/vale/samples.txt"

// proveRules checks that every rule of scripts/vale flags its samples. A rule
// without a sample is a fault.
func proveRules(ctx context.Context, vale string, _ []string) error {
	samples, err := readList(samplesFile)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "prose")
	if err != nil {
		return fmt.Errorf("prose: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	want := map[string]string{}
	for i, sample := range samples {
		rule, text, found := strings.Cut(sample, ": ")
		if !found {
			return fmt.Errorf("prose: %s: no rule in %q", samplesFile, sample)
		}
		name := fmt.Sprintf("%03d.md", i)
		want[name] = rule
		if err := os.WriteFile(filepath.Join(folder, name), []byte(strings.ReplaceAll(text, `\n`, "\n")+"\n"), 0o600); err != nil {
			return fmt.Errorf("prose: %w", err)
		}
	}
	got, err := flagged(ctx, vale, folder)
	if err != nil {
		return err
	}
	var faults []error
	for i, sample := range samples {
		name := fmt.Sprintf("%03d.md", i)
		rules := strings.Join(slices.Compact(slices.Sorted(slices.Values(got[name]))), ",")
		if rules == "" {
			rules = "-"
		}
		if rules != want[name] {
			faults = append(faults, fmt.Errorf("prose: %s: got rule %s for: %s", samplesFile, rules, sample))
		}
	}
	faults = append(faults, unproven(want)...)
	if len(faults) == 0 {
		fmt.Printf("prose: %d samples hold\n", len(samples))
	}
	return errors.Join(faults...)
}

// flagged returns the rules that flag each file of a folder.
func flagged(ctx context.Context, vale, folder string) (map[string][]string, error) {
	found, err := runVale(ctx, vale, folder)
	if err != nil {
		return nil, err
	}
	names, err := os.ReadDir(folder)
	if err != nil {
		return nil, fmt.Errorf("prose: %w", err)
	}
	for _, name := range names {
		source, err := os.ReadFile(filepath.Join(folder, name.Name()))
		if err != nil {
			return nil, fmt.Errorf("prose: %w", err)
		}
		found = append(found, tooWide(strings.TrimSuffix(name.Name(), ".md"), source)...)
	}
	rules := map[string][]string{}
	for _, f := range found {
		rules[f.path+".md"] = append(rules[f.path+".md"], f.rule)
	}
	return rules, nil
}

// unproven returns a fault for each rule without a sample.
func unproven(samples map[string]string) []error {
	rules, err := filepath.Glob("scripts/vale/Poolguard/*.yml")
	if err != nil {
		return []error{err}
	}
	proven := ""
	for _, rule := range samples {
		proven += "," + rule + ","
	}
	var faults []error
	for _, rule := range append(rules, "Width.yml") {
		name := strings.TrimSuffix(filepath.Base(rule), ".yml")
		if !strings.Contains(strings.ReplaceAll(proven, ",", ",,"), ","+name+",") {
			faults = append(faults, fmt.Errorf("prose: rule %s has no sample in %s", name, samplesFile))
		}
	}
	return faults
}
