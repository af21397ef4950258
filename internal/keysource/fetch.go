package keysource

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

// fetch returns the text of the key set at an address. It fetches as a verifier does: https
// or loopback, no redirects to another origin, bounded in size and time. The text is
// therefore the one that tokens are verified with. A set without a usable key is returned
// too.
func fetch(ctx context.Context, address string) ([]byte, error) {
	record := &recorder{next: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 10 * time.Second,
		ForceAttemptHTTP2:     true,
		DisableKeepAlives:     true,
	}}
	source, err := At(keyset.RemoteConfig{URL: address, HTTPClient: &http.Client{Transport: record}})
	if err != nil {
		return nil, err
	}
	if err := source.Load(ctx); err != nil && !errors.Is(err, keyset.ErrNoUsableKey) {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "keyset: "))
	}
	return record.body(), nil
}

// A recorder keeps the body of the last answer.
type recorder struct {
	next http.RoundTripper

	mu   sync.Mutex // guards kept: a fetch can take longer than its caller waits
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

// A recordedBody keeps the bytes that are read from it.
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
