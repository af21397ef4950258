package nodejs

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// ErrMissing reports that Node.js or the packages that npm ci installs are missing.
var ErrMissing = errors.New("not installed")

// A Process is the driver at work. It is not safe for concurrent use.
type Process struct {
	command *exec.Cmd
	stdin   io.WriteCloser
	lines   *bufio.Reader
}

// Start starts the driver in folder. The error is [ErrMissing] if this machine does not
// have what the driver needs. The driver's standard error goes to stderr. The driver ends
// with ctx.
func Start(ctx context.Context, folder string, stderr io.Writer) (*Process, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return nil, fmt.Errorf("node is %w", ErrMissing)
	}
	// npm writes this file last.
	if _, err := os.Stat(filepath.Join(folder, "node_modules", ".package-lock.json")); err != nil {
		return nil, fmt.Errorf("the packages of %s are %w: npm ci --ignore-scripts there", folder, ErrMissing)
	}
	// fast-jwt warns of caches keyed by the token.
	p := &Process{command: exec.CommandContext(ctx, node, "--no-warnings", filepath.Join(folder, "driver.mjs"))} //nolint:gosec // G204: the folder is what the caller's own user names
	p.command.Stderr = stderr
	if p.stdin, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.lines = bufio.NewReader(stdout)
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	return p, nil
}

// Call sends the request and reads the answer.
func (p *Process) Call(request, answer any) error {
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	if _, err := p.stdin.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("the driver in Node.js has ended: %w", err)
	}
	line, err = p.lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the driver in Node.js did not answer: %w", err)
	}
	return json.Unmarshal(line, answer)
}

// Close ends the process.
func (p *Process) Close() error {
	return errors.Join(p.stdin.Close(), p.command.Wait())
}
