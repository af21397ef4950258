package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/bench/internal/stack"
)

// What wrk 4.1 prints.
const wrkOutput = `Running 1s test @ http://127.0.0.1:1/
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.20ms    2.00ms  40.00ms   90.00%
    Req/Sec    17.00k     1.00k   18.00k    60.00%
  Latency Distribution
     50%  690.00us
     75%    1.00ms
     90%    2.00ms
     99%   17.67ms
  17516 requests in 1.00s, 2.14MB read
Requests/sec:  17510.25
Transfer/sec:      2.14MB
`

func TestReadFlow(t *testing.T) {
	got, err := readFlow(wrkOutput)
	want := flow{requests: 17516, perSecond: 17510.25, p50: 690 * time.Microsecond, p99: 17670 * time.Microsecond}
	if err != nil || got != want {
		t.Errorf("got %+v, %v", got, err)
	}
	for name, output := range map[string]string{
		"an answer that is no success": wrkOutput + "  Non-2xx or 3xx responses: 7\n",
		"a broken connection":          wrkOutput + "  Socket errors: connect 0, read 3, write 0, timeout 0\n",
		"no rate":                      "unable to connect",
	} {
		if _, err := readFlow(output); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestMedian(t *testing.T) {
	for _, test := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(test.values); got != test.want {
			t.Errorf("%v: got %v", test.values, got)
		}
	}
}

func TestRatioIsThatOfEachRound(t *testing.T) {
	s := &stage{lanes: []*lane{{name: known, rates: []float64{1, 50, 90}}, {name: bareHTTP, rates: []float64{2, 100, 100}}}}
	if got := s.ratio(known, bareHTTP); got != 0.5 {
		t.Errorf("got %v", got)
	}
}

// The bare servers are this program.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-serve" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestRunShort(t *testing.T) {
	if _, err := exec.LookPath("wrk"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("wrk is not installed")
		}
		t.Skip("wrk is not installed; scripts/test-deps.sh wrk installs it on Debian")
	}
	command := filepath.Join(t.TempDir(), "poolguard")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-C", "../..", "-o", command, "./cmd/poolguard").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	o := options{rounds: 1, turn: time.Second, connections: 1, tokens: 10000, command: command, peer: "no such file", caddy: "no such file"}
	o.svg = filepath.Join(t.TempDir(), "chart.svg")
	var out bytes.Buffer
	if err := run(t.Context(), o, &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	lines := out.String()
	for _, name := range []string{
		forwardRatio, coldRatio, nginxRatio, envoyRatio, caddyRatio, peerRatio,
		"p50 at half load", "p99 at half load", "resident memory idle", "resident memory under load",
	} {
		if !strings.Contains(lines, "\n"+name+": ") {
			t.Errorf("there is no line %q in\n%s", name, lines)
		}
	}
	for _, name := range []string{caddyRatio, peerRatio} {
		if !strings.Contains(lines, name+": skipped: ") {
			t.Errorf("%s has no reason in\n%s", name, lines)
		}
	}
	if chart, err := os.ReadFile(o.svg); err != nil || !bytes.Contains(chart, []byte(known)) {
		t.Errorf("the chart: %v, %s", err, chart)
	}
}

func TestDeniedRequestEndsTheMeasurement(t *testing.T) {
	address, err := stack.FreeAddress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	answer := filepath.Join(t.TempDir(), "answer")
	if err := os.WriteFile(answer, []byte(`{"Status":401}`), 0o600); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- (&bareServer{"http", address, answer}).run(ctx) }()
	s := &stage{}
	for err = errors.New("not yet"); err != nil && !errors.Is(err, errDenied); {
		_, err = s.ask(ctx, s.forwardAuth(address))
	}
	if !errors.Is(err, errDenied) {
		t.Errorf("got %v", err)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
