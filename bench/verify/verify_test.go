package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/bench/internal/nodejs"
)

// The lines that scripts read, those of verifiers from npm apart. A test asserts no time:
// it runs beside others.
var (
	goLines = []string{
		"cold/floor", "floor/warm", "floor/warm of 1000 tokens", "warm allocs", "cold allocs",
		"short cold/floor", "short floor/warm", "long cold/floor", "long floor/warm", "machine cold/floor", "machine floor/warm",
		"golang-jwt/cold", "golang-jwt/warm", "golang-jwt-map/cold", "golang-jwt-map/warm", "go-jose/cold", "go-jose/warm",
		"go-oidc/cold", "go-oidc/warm", "jwx/cold", "jwx/warm", "cap/cold", "cap/warm",
		"warm parallel speedup on 2 cores", "warm parallel speedup on 2 cores with one token", "floor parallel speedup on 2 cores",
		"warm ns on 1 core", "warm ns on 2 cores", "warm ns on 1 core with one token", "warm ns on 2 cores with one token",
		"floor ns on 1 core", "floor ns on 2 cores",
		"middleware adds ns", "heap grown meanwhile, KB", "middleware adds allocs",
	}
	nodeLines = []string{
		"aws-jwt-verify/cold", "aws-jwt-verify/warm", "fast-jwt/cold", "fast-jwt/warm", "fast-jwt-cache/cold", "fast-jwt-cache/warm",
		"fast-jwt-cache-by-token/cold", "fast-jwt-cache-by-token/warm", "jose-npm/cold", "jose-npm/warm",
	}
)

const driver = "../testdata/node"

func TestRunShort(t *testing.T) {
	svg := filepath.Join(t.TempDir(), "chart.svg")
	var out bytes.Buffer
	o := options{rounds: 2, tokens: 40, window: 5 * time.Millisecond, node: driver, svg: svg, ci: os.Getenv("CI") == "true"}
	if err := run(t.Context(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := goLines
	if strings.Contains(out.String(), "left out, the verifiers from npm: ") {
		t.Log("without those from npm")
	} else {
		want = append(want, nodeLines...)
	}
	for _, name := range want {
		if line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `: -?[0-9]+(\.[0-9]+)?$`); len(line.FindAllString(out.String(), -1)) != 1 {
			t.Errorf("not once: %s", line)
		}
	}
	_, last, _ := strings.Cut(out.String(), "\ncold/floor: ")
	if lines := strings.Count(last, "\n"); lines != len(want) {
		t.Errorf("%d lines for scripts at the end, want %d", lines, len(want))
	}
	if t.Failed() {
		t.Log(out.String())
	}
	if chart, err := os.ReadFile(svg); err != nil || !bytes.HasPrefix(chart, []byte("<svg ")) {
		t.Errorf("no chart: %v", err)
	}
}

// Without node the others are measured, but not where CI counts on it.
func TestWithoutNode(t *testing.T) {
	o := options{rounds: 1, tokens: 10, node: t.TempDir()}
	s, err := newStage(t.Context(), o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s.close()
	if s.leftOut == "" || slices.ContainsFunc(s.contenders, func(c *contender) bool { return c.name == "aws-jwt-verify" }) {
		t.Errorf("left out %q", s.leftOut)
	}
	o.ci = true
	if _, err := newStage(t.Context(), o, io.Discard); !errors.Is(err, nodejs.ErrMissing) {
		t.Errorf("with CI=true: %v", err)
	}
}

func TestParse(t *testing.T) {
	for _, args := range [][]string{{"-rounds", "0"}, {"-rounds", "3", "-tokens", "2"}, {"more"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
