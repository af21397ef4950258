package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/tokencheck"
)

// A program is one run of the command with its surroundings, which the commands
// know from here only.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
}

// The exit statuses that scripts rely on. Success is 0; one that a signal ended
// has 128 and the signal's number, as shells have it.
const (
	statusRejected    = 1 // a token was rejected or cannot be decoded, or there is no usable key
	statusUsage       = 2 // the command line or configuration is wrong, or the output was lost
	statusUnavailable = 3 // keys are unavailable: there is no verdict about the token
)

// A failure ends the command with a status other than 0. Its cause, if there is
// one, is said on standard error; without one the output has said it all.
type failure struct {
	status int
	cause  error
}

func (f *failure) Error() string {
	if f.cause == nil {
		return fmt.Sprintf("exit status %d", f.status)
	}
	return f.cause.Error()
}

func (f *failure) Unwrap() error { return f.cause }

// run is the command without its process: it returns the exit status.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer, getenv func(string) string) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr, getenv: getenv, now: time.Now}
	ctx, stop := interruptible()
	defer stop()
	root := p.root()
	fitHelp(root, terminal.Detect(stdout, getenv).Width)
	root.SetArgs(append([]string{}, args...)) // never nil: cobra would take the process's own
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	command, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	if signal, ok := errors.AsType[*interruption](context.Cause(ctx)); ok {
		return signal.status()
	}
	return p.report(command, err)
}

// report says what went wrong and returns the exit status. What is no failure of
// ours was found by cobra: the command line is wrong.
func (p *program) report(command *cobra.Command, err error) int {
	status := statusUsage
	if f, ok := errors.AsType[*failure](err); ok {
		status = f.status
		if err = f.cause; err == nil {
			return status
		}
	}
	// The reader of the output has ended: no process waits for the rest of it.
	if errors.Is(err, syscall.EPIPE) {
		return status
	}
	p.notice(command.CommandPath(), err.Error())
	if _, lost := errors.AsType[*outputError](err); status == statusUsage && !lost {
		fmt.Fprint(p.stderr, p.errorStyle().Message("", "Run "+terminal.Unbroken("'"+command.CommandPath()+" --help'")+" for usage."))
	}
	return status
}

// notice writes a message to standard error, after the path of the command.
func (p *program) notice(command, text string) {
	fmt.Fprint(p.stderr, p.errorStyle().Message(command+": ", tokencheck.WithoutTokens(text)))
}

func (p *program) errorStyle() terminal.Style { return terminal.Detect(p.stderr, p.getenv) }

// page returns an empty page for standard output.
func (p *program) page() *terminal.Page {
	return terminal.NewPage(terminal.Detect(p.stdout, p.getenv))
}

// say writes a message for people to standard output.
func (p *program) say(text string) error {
	return p.write([]byte(terminal.Detect(p.stdout, p.getenv).Message("", text)))
}

// show writes a page to standard output.
func (p *program) show(g *terminal.Page) error { return p.write([]byte(g.String())) }

// writeJSON writes v to standard output, on one line.
func (p *program) writeJSON(v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return &failure{statusUsage, fmt.Errorf("the result cannot be written as JSON: %w", err)}
	}
	return p.write([]byte(terminal.EscapeJSON(b.Bytes(), false)))
}

// An outputError says that standard output did not take what was written.
type outputError struct{ cause error }

func (e *outputError) Error() string { return "standard output: " + e.cause.Error() }
func (e *outputError) Unwrap() error { return e.cause }

// write writes b to standard output in one piece and unbuffered: the reader gets each
// result at once.
func (p *program) write(b []byte) error {
	if _, err := p.stdout.Write(b); err != nil {
		return &failure{statusUsage, &outputError{err}}
	}
	return nil
}
