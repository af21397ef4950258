package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// starts are how long a server took, from the start of its process, in nanoseconds.
type starts struct {
	ready []float64 // until discovery answers
	token []float64 // until there is a first token, for which keys must be made
	again []float64 // until discovery answers, with a directory that was there before
	bytes []float64 // in memory after all that
}

func (s *starts) memory() float64 { return median(s.bytes) }

// weigh notes what the server has in memory now.
func (s *starts) weigh(t *target) error {
	bytes, err := usage.Resident(t.process.command.Process.Pid)
	s.bytes = append(s.bytes, float64(bytes))
	return err
}

// startOwn starts Poolguard several times, and keeps the last.
func (s *stage) startOwn(ctx context.Context, name string, command func() (*exec.Cmd, error)) (*target, error) {
	var times starts
	for n := range s.options.starts {
		c, err := command()
		if err != nil {
			return nil, err
		}
		t, err := s.newTarget(ctx, name, c)
		if err != nil {
			return nil, err
		}
		t.poolID, t.clientID, t.username, t.password = ownPool, ownClient, ownUser, ownPassword
		t.issuer = t.process.url + "/" + t.poolID
		if err := t.timeStart(ctx, &times); err != nil {
			return nil, err
		}
		took, err := t.process.until(ctx, t.client, func() (*http.Request, error) {
			form := url.Values{"grant_type": {"client_credentials"}, "client_id": {ownMachine}, "client_secret": {ownSecret}}
			return formRequest(ctx, t.process.url+"/oauth2/token", form)
		})
		if err != nil {
			return nil, fmt.Errorf("the first token: %w", err)
		}
		times.token = append(times.token, float64(took))
		if err := times.weigh(t); err != nil {
			return nil, err
		}
		t.starts = times
		if n < s.options.starts-1 {
			s.drop(t)
		}
	}
	return s.targets[len(s.targets)-1], nil
}

func (t *target) timeStart(ctx context.Context, times *starts) error {
	took, err := t.process.until(ctx, t.client, page(ctx, t.discovery()))
	if err != nil {
		return fmt.Errorf("discovery: %w", err)
	}
	times.ready = append(times.ready, float64(took))
	return nil
}

// drop ends the target that was added last, and forgets it.
func (s *stage) drop(t *target) {
	t.close()
	s.targets = s.targets[:len(s.targets)-1]
}

// restart ends a server with a directory and starts it again with the same, several times.
// The target is the last of them.
func (s *stage) restart(ctx context.Context, t *target, directory string) error {
	var times starts
	for range s.options.starts {
		t.process.stop()
		p, err := startProcess(ctx, s.folder, s.serve(ctx, "--data", filepath.Join(directory, "pool")))
		if err != nil {
			return err
		}
		t.process, t.issuer = p, p.url+"/"+t.poolID
		if err := t.timeStart(ctx, &times); err != nil {
			return err
		}
	}
	t.starts.again = times.ready
	return nil
}

func milliseconds(samples []float64) float64 { return median(samples) / float64(time.Millisecond) }
