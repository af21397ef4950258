package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// fetch returns the text of the key set at an address. It is fetched as a verifier
// fetches it (https or loopback, no redirects to elsewhere, bounded in size and
// time), so that what is shown is what tokens are verified with. A set without a
// usable key is returned too.
func fetch(ctx context.Context, address string) ([]byte, error) {
	record := &recorder{next: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 10 * time.Second,
		ForceAttemptHTTP2:     true,
		DisableKeepAlives:     true,
	}}
	source, err := keysAt(keyset.RemoteConfig{URL: address, HTTPClient: &http.Client{Transport: record}})
	if err != nil {
		return nil, err
	}
	if err := source.Load(ctx); err != nil && !errors.Is(err, keyset.ErrNoUsableKey) {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "keyset: "))
	}
	return record.body(), nil
}

// A recorder keeps the body of the last answer that came through it.
type recorder struct {
	next http.RoundTripper

	mu   sync.Mutex // guards kept: a fetch may outlive who asked for it
	kept bytes.Buffer
}

func (r *recorder) body() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.kept.Bytes())
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mu.Lock()
	r.kept.Reset()
	r.mu.Unlock()
	response, err := r.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	response.Body = &recordedBody{response.Body, r}
	return response, nil
}

// A recordedBody keeps what is read of it.
type recordedBody struct {
	io.ReadCloser
	into *recorder
}

// Read implements io.Reader.
func (b *recordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.into.mu.Lock()
	defer b.into.mu.Unlock()
	b.into.kept.Write(p[:n])
	return n, err
}
