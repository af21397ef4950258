package main

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const module = "../../cognito"

// TestEveryBreakCanBeMade keeps the table true between the runs of make mutate: each
// text stands once in its file, and what comes out is Go still.
func TestEveryBreakCanBeMade(t *testing.T) {
	list, err := choose("", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 60 {
		t.Errorf("%d breaks", len(list))
	}
	for _, m := range list {
		text, err := os.ReadFile(filepath.Join(module, filepath.FromSlash(m.file)))
		if err != nil {
			t.Fatal(err)
		}
		broken, err := m.apply(string(text))
		if err != nil {
			t.Errorf("%s: %v", m, err)
			continue
		}
		if _, err := parser.ParseFile(token.NewFileSet(), m.file, broken, 0); err != nil {
			t.Errorf("%s: %v", m, err)
		}
		if broken == string(text) || m.means == "" || len(m.tests) == 0 {
			t.Errorf("%s changes nothing, means nothing or asks no test", m)
		}
	}
}

func TestChoose(t *testing.T) {
	whole, err := choose("", 1)
	if err != nil {
		t.Fatal(err)
	}
	tenth, err := choose("", 10)
	if err != nil || len(tenth) != (len(whole)+9)/10 {
		t.Errorf("%d of %d, %v", len(tenth), len(whole), err)
	}
	if some, err := choose("exp", 1); err != nil || len(some) == 0 || len(some) == len(whole) {
		t.Errorf("%d of %d, %v", len(some), len(whole), err)
	}
	for _, bad := range []string{"(", "no such break"} {
		if list, err := choose(bad, 1); err == nil {
			t.Errorf("%q chose %d", bad, len(list))
		}
	}
}

// TestVerdicts tries breaks within a function, woven in, and outside of one: of each
// kind one that a test notices and one that none can.
func TestVerdicts(t *testing.T) {
	b, err := newBench(module)
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	asked := []tests{{folder: "internal/jose", run: "^TestParseCompact$"}}
	verdicts := []verdict{killed, survived, killed, survived, stale, stale}
	list := in("internal/jose/compact.go", asked,
		edit{"noticed", "case 2:", "case 3:"},
		edit{"unnoticed", "case 2:", "case 2, 17:"},
		edit{"noticed outside", "base64.RawURLEncoding.Strict()", "base64.URLEncoding.Strict()"},
		edit{"unnoticed outside", "five parts, the compact form", "the compact form"},
		edit{"does not compile outside", "base64.RawURLEncoding.Strict()", "undefined"},
		edit{"does not apply", "case 22:", "case 3:"})
	if err := b.weave(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	for n, m := range list {
		if got, detail := b.try(t.Context(), m, t.TempDir()); got != verdicts[n] {
			t.Errorf("%s: %s, %s; want %s", m.name, got, detail, verdicts[n])
		}
	}
	for n, woven := range []bool{true, true, false, false, false, false} {
		if (list[n].number != 0) != woven {
			t.Errorf("%s has number %d", list[n].name, list[n].number)
		}
	}
	broken := in("internal/jose/compact.go", asked, edit{"does not compile", "case 2:", "case undefined:"})
	if err := b.weave(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "does not compile") {
		t.Errorf("a break that does not compile: %v", err)
	}
}

func TestFirstFailure(t *testing.T) {
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
