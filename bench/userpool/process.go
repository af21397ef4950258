package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"
)

// A process is a server that runs as a command of its own.
type process struct {
	command *exec.Cmd
	log     *os.File // its standard error
	url     string
	ended   chan struct{} // closed when it has
	err     error         // how it ended; read it after ended
	started time.Time
}

// patience is how long a server may take to start, and to end.
const patience = 30 * time.Second

var addressForm = regexp.MustCompile(`http://127\.0\.0\.1:[0-9]+`)

// startProcess starts a server and waits until it names its address on standard output. It
// is killed with ctx. Its log goes to a file in folder, which costs it what a log costs.
func startProcess(ctx context.Context, folder string, command *exec.Cmd) (*process, error) {
	log, err := os.CreateTemp(folder, "log-*")
	if err != nil {
		return nil, err
	}
	command.Stderr = log
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	p := &process{command: command, log: log, ended: make(chan struct{}), started: time.Now()}
	if err := command.Start(); err != nil {
		return nil, errors.Join(err, log.Close())
	}
	address := make(chan string, 1)
	go p.watch(stdout, address)
	waiting := time.NewTimer(patience)
	defer waiting.Stop()
	select {
	case p.url = <-address:
		return p, nil
	case <-p.ended:
		err = errors.New("it ended")
	case <-ctx.Done():
		err = ctx.Err()
	case <-waiting.C:
		err = fmt.Errorf("no address after %v", patience)
	}
	p.stop()
	return nil, fmt.Errorf("%s did not start: %w: %s", filepath.Base(command.Path), err, p.lastWords())
}

// watch reads standard output to its end, as a full pipe would hold the server up, and
// then waits for it.
func (p *process) watch(stdout io.Reader, address chan<- string) {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if found := addressForm.FindString(lines.Text()); found != "" {
			address <- found
			break
		}
	}
	_, _ = io.Copy(io.Discard, stdout) // it ends with the process
	p.err = p.command.Wait()
	close(p.ended)
}

// stop ends the process and waits for that. It may be called twice.
func (p *process) stop() {
	_ = p.command.Process.Signal(os.Interrupt) // an error says that it has ended, or must be killed
	select {
	case <-p.ended:
	case <-time.After(patience / 3):
		_ = p.command.Process.Kill() // as above
		<-p.ended
	}
	_ = p.log.Close() // all that is read of it was
}

func (p *process) lastWords() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-1000):])
}

// until asks for a page until it is there and returns how long after its start the server
// had it.
func (p *process) until(ctx context.Context, client *http.Client, request func() (*http.Request, error)) (time.Duration, error) {
	var last error
	for time.Since(p.started) < patience && ctx.Err() == nil {
		r, err := request()
		if err != nil {
			return 0, err
		}
		response, err := client.Do(r)
		if err != nil {
			last = err
			time.Sleep(time.Millisecond)
			continue
		}
		_, err = io.Copy(io.Discard, response.Body)
		took := time.Since(p.started)
		_ = response.Body.Close() // read to its end
		if err == nil && response.StatusCode == http.StatusOK {
			return took, nil
		}
		last = fmt.Errorf("%s from %s", response.Status, r.URL)
		time.Sleep(time.Millisecond)
	}
	return 0, errors.Join(last, ctx.Err())
}
