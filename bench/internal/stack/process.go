package stack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// patience is how long a server may take to start, and to end.
const patience = 30 * time.Second

// A Process is a server that runs as a command of its own.
type Process struct {
	command *exec.Cmd
	log     *os.File      // what it writes
	ended   chan struct{} // closed when it has
}

// Start starts a command and kills it when ctx ends. What it writes goes to a file in folder,
// which costs it what a log costs.
func Start(ctx context.Context, folder, program string, args ...string) (*Process, error) {
	log, err := os.CreateTemp(folder, "log-*")
	if err != nil {
		return nil, err
	}
	command := exec.CommandContext(ctx, program, args...) //nolint:gosec // G204: the programs that are measured
	p := &Process{command: command, log: log, ended: make(chan struct{})}
	p.command.Stdout, p.command.Stderr, p.command.Dir = log, log, folder
	if err := p.command.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	go func() {
		_ = p.command.Wait() // how it ended is in its log
		close(p.ended)
	}()
	return p, nil
}

// PID returns the number of the process.
func (p *Process) PID() int { return p.command.Process.Pid }

// Await waits until something listens at an address.
func (p *Process) Await(ctx context.Context, address string) error {
	return p.until(ctx, func() bool {
		connection, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return false
		}
		_ = connection.Close() // nothing was sent
		return true
	})
}

// AwaitPage waits until a page answers with the status 200.
func (p *Process) AwaitPage(ctx context.Context, url string) error {
	client := &http.Client{Timeout: patience}
	defer client.CloseIdleConnections()
	return p.until(ctx, func() bool {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
		if err != nil {
			return false
		}
		response, err := client.Do(request)
		if err != nil {
			return false
		}
		_ = response.Body.Close() // the status is all that is read
		return response.StatusCode == http.StatusOK
	})
}

// until waits until a condition holds. It gives up when the process ends.
func (p *Process) until(ctx context.Context, holds func() bool) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for !holds() {
		select {
		case <-p.ended:
			return p.failure("it ended")
		case <-ctx.Done():
			return p.failure("it did not answer in time")
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}

func (p *Process) failure(reason string) error {
	text, _ := os.ReadFile(p.log.Name()) // without it there is the reason
	return fmt.Errorf("%s: %s: %s", filepath.Base(p.command.Path), reason, text[max(0, len(text)-1000):])
}

// Signal sends a signal. A process that has ended gets none.
func (p *Process) Signal(s os.Signal) { _ = p.command.Process.Signal(s) }

// Stop ends the process and waits for that. It may be called twice, and for nil.
func (p *Process) Stop() {
	if p == nil {
		return
	}
	p.Signal(os.Interrupt)
	select {
	case <-p.ended:
	case <-time.After(patience / 3):
		_ = p.command.Process.Kill() // it has ended otherwise
		<-p.ended
	}
	_ = p.log.Close() // all that is read of it was
}

// FreeAddress returns an address of this machine that nothing listens at.
func FreeAddress(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// Find returns the path of a program. Debian has some outside of the path of users.
func Find(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		if path, sbin := exec.LookPath("/usr/sbin/" + name); sbin == nil {
			return path, nil
		}
	}
	return path, err
}
