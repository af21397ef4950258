package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A load is requests that wrk sends.
type load struct {
	url     string
	header  http.Header
	script  string // of wrk, "" for none
	tokens  string // the file with the tokens of newTokens
	again   bool   // whether a token may be sent twice
	delay   time.Duration
	connect int
}

// A flow is what wrk measured.
type flow struct {
	requests  float64
	perSecond float64
	p50, p99  time.Duration
}

// newTokens is the script for requests with a token each. Where a token must be sent once only,
// the measurement ends when they are used up.
const newTokens = `local tokens, n, again = {}, 0, false
function init(args)
  again = args[2] == "again"
  for line in io.lines(args[1]) do
    wrk.headers["Authorization"] = "Bearer " .. line
    tokens[#tokens + 1] = wrk.format()
  end
end
function request()
  n = n + 1
  if n > #tokens and again then n = 1 end
  if n > #tokens then io.stderr:write("tokens are used up\n") os.exit(1) end
  return tokens[n]
end
`

// paced is the script for a load that is below the limit. Waiting times are exponential.
const paced = `local mean
function init(args) mean = tonumber(args[1]) math.randomseed(1) end
function delay() return -mean * math.log(1 - math.random()) end
`

var (
	countForm   = regexp.MustCompile(`(?m)^\s+([0-9]+) requests in `)
	rateForm    = regexp.MustCompile(`(?m)^Requests/sec:\s+([0-9.]+)`)
	faultForm   = regexp.MustCompile(`(?m)^\s*(Non-2xx or 3xx responses: .*|Socket errors: .*)`)
	latencyForm = regexp.MustCompile(`(?m)^\s+(50|99)%\s+([0-9.]+)(us|ms|s)$`)
)

// wrk sends a load for some time.
func (s *stage) wrk(ctx context.Context, l *load) (flow, error) {
	connections := s.options.connections
	if l.connect > 0 {
		connections = l.connect
	}
	args := []string{"-t1", fmt.Sprintf("-c%d", connections), s.seconds(l), "--latency"}
	for name, values := range l.header {
		if name != "Authorization" || l.tokens == "" {
			args = append(args, "-H", name+": "+values[0])
		}
	}
	var scriptArgs []string
	if l.script != "" {
		file := filepath.Join(s.folder, "wrk.lua")
		if err := os.WriteFile(file, []byte(l.script), 0o600); err != nil {
			return flow{}, err
		}
		args = append(args, "-s", file)
		scriptArgs = l.scriptArgs()
	}
	args = append(append(args, l.url), scriptArgs...)
	output, err := exec.CommandContext(ctx, "wrk", args...).CombinedOutput() //nolint:gosec // G204: no shell reads them
	if err != nil {
		return flow{}, fmt.Errorf("wrk: %w: %s", err, output)
	}
	return readFlow(string(output))
}

// seconds is how long a load takes. Its tokens do not last longer than a second.
func (s *stage) seconds(l *load) string {
	if l.tokens != "" {
		return "-d1"
	}
	return fmt.Sprintf("-d%d", int(s.options.turn.Seconds()))
}

func (l *load) scriptArgs() []string {
	switch {
	case l.delay > 0:
		return []string{"--", fmt.Sprint(l.delay.Seconds() * 1000)}
	case l.again:
		return []string{"--", l.tokens, "again"}
	}
	return []string{"--", l.tokens}
}

// readFlow reads what wrk prints.
func readFlow(output string) (f flow, err error) {
	if fault := faultForm.FindString(output); fault != "" {
		return f, errors.New("wrk: " + strings.TrimSpace(fault))
	}
	for form, value := range map[*regexp.Regexp]*float64{countForm: &f.requests, rateForm: &f.perSecond} {
		found := form.FindStringSubmatch(output)
		if found == nil {
			return f, errors.New("wrk: no rate in its output: " + output)
		}
		if *value, err = strconv.ParseFloat(found[1], 64); err != nil {
			return f, err
		}
	}
	for _, found := range latencyForm.FindAllStringSubmatch(output, -1) {
		took, err := time.ParseDuration(found[2] + found[3])
		if err != nil {
			return f, err
		}
		if found[1] == "50" {
			f.p50 = took
		} else {
			f.p99 = took
		}
	}
	return f, nil
}
