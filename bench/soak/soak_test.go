package main

import (
	"bytes"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/bench/internal/stack"
)

func TestJudge(t *testing.T) {
	good := &kind{"good", "/orders/7", true}
	open := &kind{"", "/healthz", true}
	bad := &kind{"expired", "/orders/7", false}
	for _, test := range []struct {
		name string
		kind *kind
		o    outcome
		want verdict
	}{
		{"allowed", good, outcome{status: 204}, right},
		{"allowed while the proxy restarts", bad, outcome{status: 200, restarted: true}, wrongAllow},
		{"allowed and must not be", bad, outcome{status: 204}, wrongAllow},
		{"denied", bad, outcome{status: 401, code: "token_expired"}, right},
		{"ambiguous", bad, outcome{status: 400}, right},
		{"rate limit", bad, outcome{status: 429}, wrongDenial},
		{"denied and must not be", good, outcome{status: 401, code: "token_expired"}, wrongDenial},
		{"a new key", good, outcome{status: 401, code: "key_not_found"}, statedDenial},
		{"a key that was accepted", good, outcome{status: 401, code: "key_not_found", accepted: true}, wrongDenial},
		{"no token, no key", open, outcome{status: 401, code: "key_not_found"}, wrongDenial},
		{"unavailable", good, outcome{status: 503, code: "keys_unavailable"}, serverError},
		{"unavailable for a bad token", bad, outcome{status: 503}, serverError},
		{"no answer", good, outcome{}, serverError},
		{"the proxy restarts", good, outcome{restarted: true}, statedFailure},
		{"the proxy restarts and answers", good, outcome{status: 502, restarted: true}, statedFailure},
		{"denied while the proxy restarts", good, outcome{status: 403, restarted: true}, wrongDenial},
	} {
		if got := test.kind.judge(test.o); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}

func TestCountsOfNothingAreWrong(t *testing.T) {
	var c counts
	if !c.isWrong() {
		t.Error("without a request nothing was wrong")
	}
	c.requests.Add(1)
	if c.isWrong() {
		t.Error("a right answer is wrong")
	}
	c.wrongAllows.Add(1)
	if !c.isWrong() {
		t.Error("a wrong allow is right")
	}
}

func TestSoakShort(t *testing.T) {
	command := filepath.Join(t.TempDir(), "poolguard")
	if output, err := exec.CommandContext(t.Context(), "go", "build", "-C", "../..", "-o", command, "./cmd/poolguard").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	var out bytes.Buffer
	if err := run(t.Context(), options{length: 3 * time.Second, workers: 4, command: command}, &out, t.Output()); err != nil {
		t.Errorf("%v\n%s", err, out.String())
	}
	for _, want := range []string{"\nrequests: ", "\nwrong allows: 0\n", "\nwrong denials: 0\n", "\n5xx and broken connections: 0\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("there is no %q in\n%s", want, out.String())
		}
	}
}

// A wrong answer must end the run with a status of failure: here the service gets a request that
// must be denied.
func TestServiceCountsWrongAllows(t *testing.T) {
	for name, header := range map[string]string{"denied": deniedHeader, "forged identity": "X-Auth-Subject"} {
		s := &stage{stderr: t.Output()}
		r, err := (&target{address: "127.0.0.1:1", start: (&stack.Proxy{}).StartNginx}).request(t.Context(), &kinds[0], "")
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Del("X-Auth-Subject")
		r.Header.Set(header, "admin")
		s.serve(httptest.NewRecorder(), r)
		if s.counts.wrongAllows.Load() != 1 {
			t.Errorf("%s: it is not counted", name)
		}
	}
}

func TestGrowthIsAFault(t *testing.T) {
	start := measures{bytes: 30 << 20, descriptors: 20}
	for _, test := range []struct {
		end   measures
		above bool
	}{
		{measures{bytes: 90 << 20, descriptors: 90}, false},
		{measures{bytes: 300 << 20, descriptors: 20}, true},
		{measures{bytes: 30 << 20, descriptors: 400}, true},
		{measures{}, false},
	} {
		if got := test.end.isAbove(start, 32); got != test.above {
			t.Errorf("%+v: got %v", test.end, got)
		}
	}
}
