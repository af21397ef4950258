package main

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// A target is a package whose decisions are changed.
type target struct {
	folder string // in the module; "." is its root
	core   bool   // tried by make mutate, not by make mutate-all only
	asked  []asked
}

// asked are tests of a package that may notice a mutant.
type asked struct {
	folder string
	prefix string // of the names of the tests
}

func (a asked) matches(t *test) bool { return strings.HasPrefix(t.name, a.prefix) }

// vectors notice most changes of the verifier, in a fraction of the time of all tests.
var (
	vectors  = asked{".", "TestVectors"}
	verifier = asked{".", ""}
)

// targets are the packages of the library, the tests of each in the order in which
// they run.
var targets = []target{
	{folder: ".", core: true, asked: []asked{vectors, verifier}},
	{folder: "internal/jose", core: true, asked: []asked{{"internal/jose", ""}, vectors}},
	{folder: "internal/address", core: true, asked: []asked{{"internal/address", ""}}},
	{folder: "internal/rule", core: true, asked: []asked{{"internal/rule", ""}}},
	{folder: "internal/credential", core: true, asked: []asked{{"internal/credential", ""}, {"bearer", ""}}},
	{folder: "keyset", core: true, asked: []asked{{"keyset", ""}}},
	{folder: "bearer", core: true, asked: []asked{{"bearer", ""}}},
	{folder: "revocation", asked: []asked{{"revocation", ""}}},
	{folder: "alb", asked: []asked{{"alb", ""}}},
	{folder: "lambdaauth", asked: []asked{{"lambdaauth", ""}}},
	{folder: "metadata", asked: []asked{{"metadata", ""}}},
	{folder: "oauth", asked: []asked{{"oauth", ""}}},
}

// readModule finds the mutants of the targets.
func readModule(module string, targets []target, rules []rule) ([]*source, error) {
	patterns, err := readRules(rules)
	if err != nil {
		return nil, err
	}
	var sources []*source
	var faults []error
	count := 0
	for _, t := range targets {
		names, err := filepath.Glob(filepath.Join(module, filepath.FromSlash(t.folder), "*.go"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, err
			}
			s, err := discover(t, path.Join(t.folder, filepath.Base(name)), string(text), patterns, func() int { count++; return count })
			if err != nil {
				faults = append(faults, err)
				continue
			}
			sources = append(sources, s)
		}
	}
	return sources, errors.Join(append(faults, unusedRules(patterns))...)
}
