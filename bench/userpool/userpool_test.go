package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// The lines that scripts read. A test asserts no time: it runs beside others.
func ownLineNames() []string {
	names := []string{"srp with client/floor", "start ms", "first token ms"}
	for _, f := range ownFlows() {
		names = append(names, f.name+"/floor", f.name+" of 2 clients/floor", f.name+" per second")
		if usage.CanSee {
			names = append(names, f.name+" cpu/floor")
		}
	}
	if usage.CanSee {
		names = append(names, "resident MB", "resident MB after the load")
	}
	return names
}

func TestRunShort(t *testing.T) {
	var out bytes.Buffer
	o := options{
		rounds: 2, starts: 1, turn: time.Millisecond, clients: 2,
		source: "../..", peer: "../testdata/cognito-local",
	}
	if err := run(t.Context(), o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	want := ownLineNames()
	directory := !strings.Contains(out.String(), "\nleft out, the pool in a directory: ")
	if directory {
		for _, name := range ownLineNames() {
			want = append(want, inDirectory+" "+name)
		}
		for _, f := range ownFlows() {
			want = append(want, inDirectory+" "+f.name+"/in memory")
		}
		want = append(want, inDirectory+" start again ms")
	}
	if strings.Contains(out.String(), "\nleft out, cognito-local: ") {
		t.Log("without cognito-local")
	} else {
		want = append(want, "cognito-local password/ours", "cognito-local refresh api/ours", "cognito-local start/ours")
		if usage.CanSee {
			want = append(want, "cognito-local resident/ours")
		}
		if directory {
			want = append(want, "cognito-local password/ours in a directory", "cognito-local refresh api/ours in a directory")
		}
	}
	for _, name := range want {
		line := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + `: [0-9]+(\.[0-9]+)?$`)
		if len(line.FindAllString(out.String(), -1)) != 1 {
			t.Errorf("not once: %s", line)
		}
	}
	_, last, _ := strings.Cut(out.String(), "\npassword/floor: ")
	if lines := strings.Count(last, "\n"); lines != len(want) {
		t.Errorf("%d lines for scripts at the end, want %d", lines, len(want))
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

// TestMain is also the server that a test starts and that never names its address.
func TestMain(m *testing.M) {
	if os.Getenv("BENCH_USERPOOL_SILENT") == "1" {
		fmt.Fprintln(os.Stderr, "waiting")
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// What was started is ended, also where the run is interrupted before the server is there.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	command := exec.CommandContext(ctx, os.Args[0]) //nolint:gosec // G702: this test
	command.Env = append(command.Environ(), "BENCH_USERPOOL_SILENT=1")
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := startProcess(ctx, t.TempDir(), command); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that it was canceled", err)
	}
	if command.ProcessState == nil {
		t.Error("nobody waited for the process")
	}
}

// A server that ends at once is told of with what it said.
func TestEndsAtOnce(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no sh")
	}
	_, err := startProcess(t.Context(), t.TempDir(), exec.CommandContext(t.Context(), "sh", "-c", "echo unknown flag >&2; exit 2"))
	if err == nil || !strings.Contains(err.Error(), "unknown flag") {
		t.Errorf("error %v, want one with the server's own words", err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"-rounds", "0"}, {"-clients", "1"}, {"-turn", "0s"}, {"-flows", "("}, {"more"}} {
		if _, err := parse(args, io.Discard); err == nil {
			t.Errorf("%q is accepted", args)
		}
	}
}
