package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// The names of targets.
const (
	inMemory     = ""
	inDirectory  = "data"
	cognitoLocal = "cognito-local"
)

// A stage has all that is measured.
type stage struct {
	options options
	stderr  io.Writer
	folder  string // for all that is written
	command string // of Poolguard
	floor   floor
	targets []*target
	lanes   []*lane
	leftOut []string // what, and why
	wants   *regexp.Regexp
}

func newStage(ctx context.Context, o options, folder string, stderr io.Writer) (*stage, error) {
	s := &stage{options: o, stderr: stderr, folder: folder, command: o.command, wants: regexp.MustCompile(o.flows)}
	err := s.prepare(ctx)
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// prepare starts all targets and finds out whether they do what they should.
func (s *stage) prepare(ctx context.Context) (err error) {
	if s.floor, err = newFloor(); err != nil {
		return err
	}
	if s.command == "" {
		if err := s.build(ctx); err != nil {
			return err
		}
	}
	if err := s.addOwn(ctx); err != nil {
		return err
	}
	if err := s.addPeer(ctx); err != nil {
		return err
	}
	for _, t := range s.targets {
		if err := t.prepare(ctx); err != nil {
			return fmt.Errorf("%s: %w", t.title(), err)
		}
	}
	return s.addLanes(ctx)
}

// close ends all servers.
func (s *stage) close() {
	for _, t := range s.targets {
		t.close()
	}
}

// build makes the command from source.
func (s *stage) build(ctx context.Context) error {
	fmt.Fprintln(s.stderr, "userpool: building the command")
	s.command = filepath.Join(s.folder, "poolguard")
	if runtime.GOOS == "windows" {
		s.command += ".exe"
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.command, "./cmd/poolguard") //nolint:gosec // G204: the name is ours
	build.Dir = s.options.source
	if output, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the command: %w\n%s", err, output)
	}
	return nil
}

// serve is the command line of a pool of Poolguard.
func (s *stage) serve(ctx context.Context, more ...string) *exec.Cmd {
	arguments := append([]string{"userpool", "serve", "--listen", "127.0.0.1:0"}, more...)
	return exec.CommandContext(ctx, s.command, arguments...) //nolint:gosec // G204: it is what the caller asks to measure
}

// addOwn starts Poolguard in memory and in a directory.
func (s *stage) addOwn(ctx context.Context) error {
	memory, err := s.startOwn(ctx, inMemory, func() (*exec.Cmd, error) { return s.serve(ctx), nil })
	if err != nil {
		return err
	}
	memory.flows = ownFlows()
	help, err := exec.CommandContext(ctx, s.command, "userpool", "serve", "--help").Output() //nolint:gosec // G204: as above
	if err != nil {
		return fmt.Errorf("asking the command for its flags: %w", err)
	}
	if !strings.Contains(string(help), "--data ") {
		s.leaveOut("the pool in a directory", "this build of the command has no flag --data")
		return nil
	}
	directory := ""
	kept, err := s.startOwn(ctx, inDirectory, func() (*exec.Cmd, error) {
		if directory, err = os.MkdirTemp(s.folder, "data-*"); err != nil {
			return nil, err
		}
		return s.serve(ctx, "--data", filepath.Join(directory, "pool")), nil
	})
	if err != nil {
		return err
	}
	kept.flows = ownFlows()
	return s.restart(ctx, kept, directory)
}

func (s *stage) leaveOut(what, why string) {
	s.leftOut = append(s.leftOut, what+": "+why)
}

// prepare readies a target for its flows.
func (t *target) prepare(ctx context.Context) error {
	// Where there are pages, the refresh token is that of a browser: the token endpoint
	// and the API both take it.
	get := flow{name: flowPassword, steps: []step{{do: signInByPassword}}}
	for _, f := range t.flows {
		if f.name == flowCode {
			get = f
		}
	}
	_, v, err := t.signIn(ctx, get, 1, 1)
	if err != nil {
		return err
	}
	t.refresh = v.tokens.refresh
	if t.refresh == "" {
		return fmt.Errorf("%s gives no refresh token", get.name)
	}
	if err := t.verify(ctx); err != nil {
		return err
	}
	t.signedIn = 0
	return nil
}

// title is how people call a target.
func (t *target) title() string {
	switch t.name {
	case inMemory:
		return "poolguard, in memory"
	case inDirectory:
		return "poolguard, --data"
	}
	return t.name
}

// target returns the one of that name, or nil.
func (s *stage) target(name string) *target {
	at := slices.IndexFunc(s.targets, func(t *target) bool { return t.name == name })
	if at < 0 {
		return nil
	}
	return s.targets[at]
}

// weigh looks how much memory the servers have after the last round.
func (s *stage) weigh() error {
	for _, t := range s.targets {
		bytes, err := usage.Resident(t.process.command.Process.Pid)
		if err != nil {
			return err
		}
		t.memory = float64(bytes)
	}
	return nil
}
