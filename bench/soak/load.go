package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// counts are those of the answers.
type counts struct {
	requests, wrongAllows, wrongDenials, serverErrors, statedDenials, statedFailures atomic.Int64
	noted                                                                            atomic.Int64
	rotations, failures, reloads, restarts                                           atomic.Int64
}

func (c *counts) isWrong() bool {
	return c.wrongAllows.Load()+c.wrongDenials.Load()+c.serverErrors.Load() > 0 || c.requests.Load() == 0
}

// note prints the first wrong answers.
func (s *stage) note(format string, args ...any) {
	const most = 20
	if s.counts.noted.Add(1) <= most {
		fmt.Fprintf(s.stderr, "wrong: "+format+"\n", args...)
	}
}

// put puts a load on the targets for some time, with a pause between the starts of requests of a
// worker. It returns how many requests there were in a second.
func (s *stage) put(ctx context.Context, length, pause time.Duration) float64 {
	var all sync.WaitGroup
	before, start := s.counts.requests.Load(), time.Now()
	for worker := range s.options.workers {
		all.Go(func() {
			next := start.Add(pause * time.Duration(worker) / time.Duration(s.options.workers))
			for n := worker; time.Since(start) < length && ctx.Err() == nil; n++ {
				if wait := time.Until(next); wait > 0 {
					time.Sleep(wait)
				} else {
					next = time.Now() // it does not make up for what it is behind
				}
				next = next.Add(pause)
				s.send(ctx, s.targets[(n/len(kinds))%len(s.targets)], &kinds[n%len(kinds)])
			}
		})
	}
	all.Wait()
	return float64(s.counts.requests.Load()-before) / time.Since(start).Seconds()
}

// send sends a request and counts what came of it.
func (s *stage) send(ctx context.Context, t *target, k *kind) {
	tokens, epoch := s.tokens.Load(), t.epoch.Load()
	o := outcome{accepted: tokens.accepted.Load()}
	request, err := t.request(ctx, k, tokens.tokens[k.name])
	if err != nil {
		s.note("%v", err)
		return
	}
	response, err := s.client.Do(request)
	if ctx.Err() != nil {
		return // the end
	}
	if err == nil {
		_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
		_ = response.Body.Close()                 // as above
		o.status, o.code = response.StatusCode, response.Header.Get("X-Auth-Error")
	}
	o.restarted = epoch%2 == 1 || t.epoch.Load() != epoch
	s.counts.requests.Add(1)
	switch v := k.judge(o); v {
	case right:
		if k.allowed && k.name != "" {
			tokens.accepted.Store(true)
		}
	case statedDenial:
		s.counts.statedDenials.Add(1)
	case statedFailure:
		s.counts.statedFailures.Add(1)
	default:
		map[verdict]*atomic.Int64{
			wrongAllow: &s.counts.wrongAllows, wrongDenial: &s.counts.wrongDenials, serverError: &s.counts.serverErrors,
		}[v].Add(1)
		s.note("%s: a request for %s with token %q: %d %s %v", t.name, k.target, k.name, o.status, o.code, err)
	}
}

// request makes a request of a client, or the question of nginx about it.
func (t *target) request(ctx context.Context, k *kind, token string) (*http.Request, error) {
	const host = "api.example.com"
	path := k.target
	if t.start == nil {
		path = "/forward-auth/nginx"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+t.address+path, http.NoBody)
	if err != nil {
		return nil, err
	}
	if t.start == nil {
		r.Header = http.Header{"X-Original-Method": {http.MethodGet}, "X-Original-Host": {host}, "X-Original-Uri": {k.target}}
	} else {
		r.Host = host
		r.Header.Set("X_Auth.Subject", "admin")
	}
	r.Header.Set("X-Auth-Subject", "admin")
	if !k.allowed {
		r.Header.Set(deniedHeader, "1")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r, nil
}
