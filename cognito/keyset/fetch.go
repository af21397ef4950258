package keyset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// fetched is the outcome of one fetch: a set or an error.
type fetched struct {
	set    *Set
	body   []byte
	maxAge time.Duration // from Cache-Control; 0: it says nothing
	status int           // of a good answer
	err    *fetchError
}

// A fetchError says why a fetch brought no set. It quotes no body.
type fetchError struct {
	status     int           // of the answer; 0: there was none
	retryAfter time.Duration // what the answer asked for; 0: nothing
	cause      error
}

func (e *fetchError) Error() string { return reason(e.cause) }

// Unwrap hides causes that match a context's errors, as time-outs of package net
// do: see [UnavailableError.Unwrap].
func (e *fetchError) Unwrap() error {
	if errors.Is(e.cause, context.Canceled) || errors.Is(e.cause, context.DeadlineExceeded) {
		return nil
	}
	return e.cause
}

// reason is the text of err for the middle of a sentence of ours.
func reason(err error) string { return strings.TrimPrefix(err.Error(), "keyset: ") }

// fetch asks the address once. It takes no longer than Policy.Timeout by the
// configured clock.
func (r *Remote) fetch(now time.Time) fetched {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	stop := r.clock.AfterFunc(r.policy.Timeout, func() {
		cancel(fmt.Errorf("no complete answer within %v", r.policy.Timeout))
	})
	defer stop()

	failed := func(status int, cause error) fetched {
		if ctx.Err() != nil {
			cause = context.Cause(ctx)
		}
		return fetched{err: &fetchError{status: status, cause: cause}}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url, nil)
	//mutate:ignore the URL was parsed before
	if err != nil {
		return failed(0, err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "poolguard-keyset")
	response, err := r.client.Do(request)
	if err != nil {
		// What url.Error adds, method and address, is said elsewhere.
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err
		}
		return failed(0, err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		got := failed(response.StatusCode, fmt.Errorf("the answer has status %d", response.StatusCode))
		got.err.retryAfter = retryAfter(response, now)
		return got
	}
	body, err := readBody(response)
	if err != nil {
		return failed(response.StatusCode, err)
	}
	set, err := Parse(body)
	if err != nil {
		return failed(response.StatusCode, explain(err, response))
	}
	return fetched{set: set, body: body, maxAge: maxAge(response.Header), status: response.StatusCode}
}

// readBody reads a whole body, or one byte more than [Parse] accepts.
func readBody(response *http.Response) ([]byte, error) {
	if response.ContentLength > MaxBytes {
		return nil, fmt.Errorf("the answer is larger than %d bytes", MaxBytes)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the answer broke off: %w", err)
	// Package http's own transport has checked this, another may not.
	case response.ContentLength >= 0 && int64(len(body)) != response.ContentLength:
		return nil, fmt.Errorf("the answer broke off: %w", io.ErrUnexpectedEOF)
	}
	return body, nil
}

// explain adds the Content-Type to why an answer is no key set: the page of a
// proxy or a sign-in wall is recognised by it. A good set is not asked for its
// type: servers of static files and object stores send key sets with any, and
// strict parsing has proved what it is.
func explain(err error, response *http.Response) error {
	//mutate:ignore it words the reason
	if errors.Is(err, ErrNoUsableKey) {
		return err
	}
	kind := "none"
	if header := response.Header.Get("Content-Type"); header != "" {
		kind = quote(header)
	}
	return fmt.Errorf("%w, Content-Type %s", err, kind)
}

// maxAge returns what Cache-Control says (RFC 9111 §5.2.2.1), within bounds; 0 is
// that it says nothing that can be understood.
func maxAge(header http.Header) time.Duration {
	for _, line := range header.Values("Cache-Control") {
		for directive := range strings.SplitSeq(line, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			if !strings.EqualFold(strings.TrimSpace(name), "max-age") {
				continue
			}
			if d, ok := seconds(strings.Trim(strings.TrimSpace(value), `"`)); ok {
				return min(max(d, leastMaxAge), mostMaxAge)
			}
		}
	}
	return 0
}

// retryAfter returns what a 429 or 503 asks for (RFC 9110 §10.2.3); 0 is nothing.
func retryAfter(response *http.Response, now time.Time) time.Duration {
	if code := response.StatusCode; code != http.StatusTooManyRequests && code != http.StatusServiceUnavailable {
		return 0
	}
	value := strings.TrimSpace(response.Header.Get("Retry-After"))
	if d, ok := seconds(value); ok {
		return min(d, longestBackOff)
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(at.Sub(now), 0), longestBackOff)
	}
	return 0
}

// seconds reads decimal digits, and takes those that no Duration holds for a year.
func seconds(digits string) (time.Duration, bool) {
	const year = 365 * 24 * 60 * 60
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > year {
		n = year
	}
	return time.Duration(n) * time.Second, true
}
