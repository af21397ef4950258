package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sampleModule copies testdata/sample into a module of its own, with an edit.
func sampleModule(t *testing.T, old, replacement string) options {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"sample.go", "sample_test.go"} {
		text, err := os.ReadFile(filepath.Join("testdata", "sample", name))
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte(old), []byte(replacement), 1)
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, "go.mod"), []byte("module sample\n\ngo 1.26\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return options{module: folder, only: regexp.MustCompile(""), all: true, parallel: 1, every: 1}
}

var (
	sampleTargets = []target{{folder: ".", core: true, asked: []asked{{".", ""}}}}
	sampleRules   = []rule{{".", "checkLetters", `c == a -> c == 'x'`}}
)

func runSample(t *testing.T, o options) (output string, err error) {
	t.Helper()
	var out bytes.Buffer
	err = o.run(t.Context(), &out, sampleTargets, sampleRules)
	return out.String(), err
}

// TestDecisionsAreFound lists the mutants of the sample: each decision with each
// change that suits it.
func TestDecisionsAreFound(t *testing.T) {
	o := sampleModule(t, "", "")
	o.list = true
	got, err := runSample(t, o)
	if err != nil {
		t.Fatal(err)
	}
	const want = `sample.go:12 Check: never: size > 10
sample.go:12 Check: boundary: size > 10
sample.go:12 Check: never: name == ""
sample.go:20 Check: skipped: case "none": return errRefused
sample.go:23 Check: never: !now.Before(end)
sample.go:23 Check: boundary: !now.Before(end)
sample.go:26 Check: unchecked: return checkLetters(name)
sample.go:30 checkLetters: first: for _, c := range name { if c == '!' { return errRefused } }
sample.go:31 checkLetters: never: c == '!'
sample.go:31 checkLetters: rewritten: c == '!' -> c == 'x'
sample.go:38 short: always: len(name) < 3
sample.go:38 short: boundary: len(name) < 3
sample.go:38 short: always: name != ""
sample.go:47 validate: skipped: case "none": faults.add("is none")
sample.go:55 count: never: word == ""
sample.go:61 count: boundary: n <= limit
sample.go:59 count: removed: n++
sample.go:56 count: removed: limit--
sample.go:57 count: removed: continue
`
	if got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// TestUnnoticedMutantSurvives runs all mutants of the sample, whose test of short
// forgets the empty name and three letters, and whose test of count forgets a limit.
func TestUnnoticedMutantSurvives(t *testing.T) {
	got, err := runSample(t, sampleModule(t, "", ""))
	if err == nil || !strings.HasPrefix(err.Error(), "3 of 19 mutants survived") {
		t.Errorf("got the error %v", err)
	}
	for _, want := range []string{"SURVIVED sample.go:38 short: boundary", "SURVIVED sample.go:38 short: always: name", "SURVIVED sample.go:56 count: removed: limit--", "19 mutants, 16 killed, 3 survived"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

// TestKilledIgnoredMutantIsReported has a test notice what a directive says none can.
func TestKilledIgnoredMutantIsReported(t *testing.T) {
	o := sampleModule(t, `{"none", 1,`, `{"ignored", 1,`)
	o.ignored = true
	got, err := runSample(t, o)
	if err == nil || !strings.Contains(err.Error(), "does not survive: sample.go:16 Check: never") {
		t.Errorf("%v\n%s", err, got)
	}
	o = sampleModule(t, "", "")
	o.ignored = true
	if got, err := runSample(t, o); err != nil {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestFaultsAreReported has the mistakes that end a run.
func TestFaultsAreReported(t *testing.T) {
	for name, c := range map[string]struct{ old, replacement, want string }{
		"a test that fails by itself":      {`{"good", 10,`, `{"good", 12,`, "fails without a mutant"},
		"a directive without a reason":     {" never: a test of the tool", "", "has no reason"},
		"a directive that matches nothing": {"ignore never:", "ignore skipped:", "matches no mutant"},
		"a rule that matches nothing":      {"c == '!'", "c < '!'", "matches nothing"},
		"no Go":                            {"package", "pack", "expected 'package'"},
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := runSample(t, sampleModule(t, c.old, c.replacement)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v, want %q\n%s", err, c.want, got)
			}
		})
	}
	if err := command(&bytes.Buffer{}, []string{"-only", "("}); err == nil {
		t.Error("a pattern that is none")
	}
}

// TestLibraryDecisionsAreFound keeps the directives and rules of the library true, and
// proves that the decisions are found where they are.
func TestLibraryDecisionsAreFound(t *testing.T) {
	sources, err := readModule("../..", targets, rules)
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	ofKind := map[kind]int{}
	for _, s := range sources {
		for _, m := range s.mutants {
			count[m.target.folder]++
			ofKind[m.kind]++
		}
	}
	for _, target := range targets {
		if count[target.folder] < 10 {
			t.Errorf("%s has %d mutants", target.folder, count[target.folder])
		}
	}
	for _, k := range kinds {
		if ofKind[k] < 5 {
			t.Errorf("%d mutants of the kind %s", ofKind[k], k)
		}
	}
}

func TestSampleIsAPart(t *testing.T) {
	o := options{module: "../..", all: true, only: regexp.MustCompile(""), every: 1}
	sources, err := readModule(o.module, targets, rules)
	if err != nil {
		t.Fatal(err)
	}
	whole := len(o.choose(sources))
	o.every = 10
	if tenth := len(o.choose(sources)); tenth < whole/20 || tenth > whole/5 {
		t.Errorf("a sample of one in ten has %d of %d", tenth, whole)
	}
	ofKind := func() (n int) {
		for _, m := range o.choose(sources) {
			if m.target.core && m.kind == removed {
				n++
			}
		}
		return n
	}
	o.every = 1
	every := ofKind()
	o.all = false
	if part := ofKind(); part < every/8 || part > every/2 {
		t.Errorf("make mutate removes %d of %d statements", part, every)
	}
}

func TestFirstFailureIsNamed(t *testing.T) {
	for output, want := range map[string]string{
		"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/b (0.00s)\n        x_test.go:1: no\n--- FAIL: TestC (0s)\nFAIL": "TestA/b",
		"panic: test timed out after 1m0s\n\trunning tests:\n\t\tTestD (1m0s)\n":                                      "TestD, which did not end",
		"panic: oops\n\ngoroutine 1": "a crash: panic: oops",
	} {
		if got, err := firstFailure(output); got != want || err != nil {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if got, err := firstFailure("signal: killed"); err == nil {
		t.Errorf("%q", got)
	}
}
