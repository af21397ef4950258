package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"time"

	"github.com/poolguard/poolguard/bench/internal/usage"
)

// A target is a server that is measured.
type target struct {
	name    string // how the lines for scripts begin: "" for the one in memory
	process *process
	client  *http.Client
	flows   []flow

	poolID, issuer, clientID string
	username, password       string
	refresh                  string // a refresh token that lasts

	starts   starts
	memory   float64 // bytes after the last round
	signedIn int     // since the first
}

// The pool that the command has from the start.
const (
	ownPool, ownClient, ownUser, ownPassword = "us-east-1_Local0001", "local-client", "anaya", "Passw0rd!"
	ownEmail                                 = "anaya@example.com"
	ownMachine, ownSecret                    = "local-machine", "local-secret"
	ownCallback                              = "http://localhost:3000/callback"
)

// newTarget starts a server.
func (s *stage) newTarget(ctx context.Context, name string, command *exec.Cmd) (*target, error) {
	p, err := startProcess(ctx, s.folder, command)
	if err != nil {
		return nil, err
	}
	t := &target{name: name, process: p, client: s.newClient()}
	s.targets = append(s.targets, t)
	return t, nil
}

// newClient returns a client that keeps its connections and follows no redirects.
func (s *stage) newClient() *http.Client {
	return &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2 * s.options.clients, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// close ends the server.
func (t *target) close() {
	t.client.CloseIdleConnections()
	t.process.stop()
}

// call asks the JSON API.
func (t *target) call(ctx context.Context, action string, input, output any) error {
	body, err := json.Marshal(input)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.process.url+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", "AWSCognitoIdentityProviderService."+action)
	return t.answer(r, output)
}

// token asks the token endpoint.
func (t *target) token(ctx context.Context, form url.Values, secret string) (tokens, error) {
	r, err := formRequest(ctx, t.process.url+"/oauth2/token", form)
	if err != nil {
		return tokens{}, err
	}
	if secret != "" {
		r.SetBasicAuth(form.Get("client_id"), secret)
	}
	var answer struct {
		Access  string `json:"access_token"`
		ID      string `json:"id_token"`
		Refresh string `json:"refresh_token"`
	}
	err = t.answer(r, &answer)
	return tokens{answer.Access, answer.ID, answer.Refresh}, err
}

func formRequest(ctx context.Context, address string, form url.Values) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r, err
}

// answer sends a request and reads the JSON that comes.
func (t *target) answer(r *http.Request, output any) error {
	response, err := t.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s: %s", r.URL.Path, r.Header.Get("X-Amz-Target"), response.Status, body)
	}
	return json.Unmarshal(body, output)
}

// signIn does a flow n times, with so many clients at once, step by step, and returns what
// one of them took, and the last visit.
func (t *target) signIn(ctx context.Context, f flow, n, clients int) (sample, *visit, error) {
	visits := make([]visit, n)
	var took, own time.Duration
	var used time.Duration
	for _, step := range f.steps {
		before, err := usage.CPUTime(t.process.command.Process.Pid)
		if err != nil {
			return sample{}, nil, err
		}
		start := time.Now()
		err = atOnce(n, clients, func(n int) error { return step.do(ctx, t, &visits[n]) })
		elapsed := time.Since(start)
		if err != nil {
			return sample{}, nil, fmt.Errorf("%s: %w", f.name, err)
		}
		after, err := usage.CPUTime(t.process.command.Process.Pid)
		if err != nil {
			return sample{}, nil, err
		}
		// While the client computes, the server may still collect garbage.
		used += after - before
		if step.own {
			own += elapsed
		} else {
			took += elapsed
		}
	}
	t.signedIn += n
	each := func(d time.Duration) float64 { return float64(d) / float64(n) }
	return sample{wall: each(took), own: each(own), cpu: each(used)}, &visits[n-1], nil
}
