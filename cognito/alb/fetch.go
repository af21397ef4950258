package alb

import (
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
	"github.com/poolguard/poolguard/cognito/internal/jose"
)

const (
	// maxKeyBytes is the longest answer that is read: keys have a few hundred bytes.
	maxKeyBytes = 64 << 10

	// The time between attempts at an address that fails. It doubles from the shortest to
	// the longest. Up to a quarter is added, so many processes do not retry at once.
	shortestBackOff = time.Second
	longestBackOff  = 5 * time.Minute
)

var (
	errForbidden = errors.New("alb: the address answers 403, and no key has ever been had from there")
	errNoOutcome = errors.New("alb: the HTTP client's transport ended the goroutine of the fetch")
	errPanicked  = errors.New("alb: the HTTP client's transport panicked") // with what is not said: it may hold anything
	errClock     = errors.New("alb: the clock ended the goroutine of the fetch, or panicked")
)

// fetched is the outcome of one fetch: a key, or why there is none.
type fetched struct {
	key        *ecdsa.PublicKey
	status     int           // of the answer; 0: there was none
	retryAfter time.Duration // what a 429 or 503 asked for
	err        error
}

// restrict returns a copy of client, or a default client, that follows no redirects: a
// key is trusted because of the address that it came from.
func restrict(client *http.Client) *http.Client {
	if client == nil {
		// No idle connections: a key is fetched about once an hour.
		transport := httpclient.NewTransport()
		//mutate:ignore it saves connections and decides nothing
		transport.DisableKeepAlives = true
		client = &http.Client{Transport: transport}
	}
	return httpclient.WithoutRedirects(*client)
}

// run is the goroutine of a flight. The transport and the clock may panic or call
// runtime.Goexit (a test's FailNow does). The flight must end in these cases too, and no
// caller would recover.
func (k *keys) run(id string, f *flight) {
	defer k.abandon(id, f)
	started := k.clock.Now().Round(0)
	got := fetched{err: errNoOutcome}
	defer func() {
		if recover() != nil {
			got = fetched{err: errPanicked}
		}
		k.settle(id, f, started, got)
	}()
	got = k.fetch(id)
}

// abandon ends a flight that was not settled. It is deferred, and recovers the panic of a
// clock or a logger, whose value may hold anything.
func (k *keys) abandon(id string, f *flight) {
	_ = recover()
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.flights[id] != f {
		return
	}
	delete(k.flights, id)
	k.failures++
	k.failedAt, k.spacing = k.last, backOff(k.failures, 0) // the clock has no time to give
	f.err = &unavailableError{errClock, k.spacing}
	close(f.done)
}

// fetch requests the key once, within the policy's Timeout.
func (k *keys) fetch(id string) fetched {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stop := k.clock.AfterFunc(k.policy.Timeout, func() {
		cancel(fmt.Errorf("no complete answer within %v", k.policy.Timeout))
	})
	defer stop()

	failed := func(status int, err error) fetched {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fetched{status: status, err: err}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, k.address+"/"+id, http.NoBody)
	//mutate:ignore never: the address and the name of the key are valid
	if err != nil {
		return failed(0, err)
	}
	request.Header.Set("User-Agent", "poolguard-alb")
	response, err := k.client.Do(request)
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err // the log has the address
		}
		// Not wrapped: a time-out of package net must not look like one of the caller's.
		return failed(0, errors.New(err.Error()))
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		got := failed(response.StatusCode, fmt.Errorf("the answer has status %d", response.StatusCode))
		got.retryAfter = retryAfter(response)
		return got
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxKeyBytes+1))
	switch {
	case err != nil:
		return failed(response.StatusCode, fmt.Errorf("the answer broke off: %s", err.Error()))
	case len(body) > maxKeyBytes:
		return failed(response.StatusCode, fmt.Errorf("the answer is larger than %d bytes", maxKeyBytes))
	// Package http's own transport has checked this, another may not.
	case response.ContentLength >= 0 && int64(len(body)) != response.ContentLength:
		return failed(response.StatusCode, fmt.Errorf("the answer broke off: %w", io.ErrUnexpectedEOF))
	}
	key, err := jose.ParsePublicKey(body, k.curve)
	if err != nil {
		return failed(response.StatusCode, err)
	}
	return fetched{key: key, status: response.StatusCode}
}

// retryAfter returns the time in the Retry-After of a 429 or 503 (RFC 9110 §10.2.3).
func retryAfter(response *http.Response) time.Duration {
	if code := response.StatusCode; code != http.StatusTooManyRequests && code != http.StatusServiceUnavailable {
		return 0
	}
	seconds, _ := strconv.ParseUint(response.Header.Get("Retry-After"), 10, 31) // 0 if it is no number, the largest if it is larger
	return min(time.Duration(seconds)*time.Second, longestBackOff)
}

// A settled fetch is what it changed, for the log.
type settled struct {
	held          bool // whether there was a key in memory
	before, after int  // failures in a row
	spacing       time.Duration
}

// settle stores the outcome of a fetch in k, ends the flight and logs the outcome.
func (k *keys) settle(id string, f *flight, started time.Time, got fetched) {
	is := k.record(id, f, started, got)
	switch {
	case got.key != nil && is.before > 0:
		k.log.Info("fetching keys works again", "failures", is.before)
	case got.key != nil:
	case got.status == http.StatusNotFound && is.held:
		k.log.Warn("a key was withdrawn", "kid", id)
	case got.status == http.StatusNotFound:
		k.log.Debug("there is no such key", "kid", id)
	default:
		k.log.Warn("fetching a key failed", "kid", id, "error", got.err, "failures", is.after, "retry_in", is.spacing)
	}
}

// record stores the outcome of a fetch in k and ends the flight.
func (k *keys) record(id string, f *flight, started time.Time, got fetched) settled {
	jitter := min(max(k.jitter(), 0), 1)
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.now()
	delete(k.flights, id)
	h := k.usable(id, now)
	before := k.failures
	switch {
	case got.key != nil:
		k.failures, k.spacing, k.proven = 0, 0, true
		f.key = k.hold(id, got.key, started, jitter)
	case got.status == http.StatusNotFound:
		k.failures, k.spacing = 0, 0
		delete(k.held, id)
		f.err = k.miss(id, now, absence{sure: true})
	case got.status == http.StatusForbidden && h == nil:
		f.err = k.miss(id, now, absence{})
	case got.status == http.StatusForbidden:
		// The key may have been withdrawn, which is not a fault of the address. A client with
		// an old token must not be able to delay the fetches of newer keys.
		h.failed, h.refreshAt = true, now.Add(lengthen(longestBackOff, jitter))
		f.key = h.key
	default:
		k.failures++
		k.failedAt, k.spacing = now, max(backOff(k.failures, jitter), lengthen(got.retryAfter, jitter))
		f.err = &unavailableError{got.err, k.spacing}
		if h != nil {
			h.failed = true
			f.key, f.err = h.key, nil
		}
	}
	close(f.done)
	return settled{h != nil, before, k.failures, k.spacing}
}

// hold stores a key and returns it. If there are too many, it replaces the least recently
// used one. An unchanged key keeps its pointer. The caller holds mu.
func (k *keys) hold(id string, key *ecdsa.PublicKey, fetchedAt time.Time, jitter float64) *ecdsa.PublicKey {
	before := k.held[id]
	//mutate:ignore never: an equal key gives the same answers
	if before != nil && before.key.Equal(key) {
		key = before.key
	}
	if before == nil && len(k.held) >= k.most {
		oldest := ""
		for name, h := range k.held {
			if oldest == "" || h.used < k.held[oldest].used {
				oldest = name
			}
		}
		delete(k.held, oldest)
	}
	k.uses++
	refresh := time.Duration(float64(k.policy.MaxAge) * (0.75 + 0.15*jitter)) // as a key set's
	k.held[id] = &held{key: key, fetchedAt: fetchedAt, refreshAt: fetchedAt.Add(refresh), used: k.uses}
	return key
}

// miss records that no key was found, and returns the error for it. The caller holds mu.
func (k *keys) miss(id string, now time.Time, a absence) error {
	for name, old := range k.absent {
		//mutate:ignore it saves memory: an absence that is over is not believed
		if !now.Before(old.until) {
			delete(k.absent, name)
		}
	}
	a.until = now.Add(k.policy.CoolDown)
	k.absent[id] = a
	return k.verdict(a)
}

// backOff returns the time until the next attempt after a number of failures in a row.
func backOff(failures int, jitter float64) time.Duration {
	const doublings = 9 // more than from the shortest to the longest
	return lengthen(min(shortestBackOff<<min(failures-1, doublings), longestBackOff), jitter)
}

// lengthen adds up to a quarter to d.
func lengthen(d time.Duration, jitter float64) time.Duration {
	return d + time.Duration(float64(d/4)*jitter)
}
