package inspector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/keyset"
)

// KeySetFrom returns a [Pool.KeySet] that requests the key set from handler at path, such
// as /us-east-1_Local0001/.well-known/jwks.json. It calls the handler in this process and
// makes no connection, whatever the pool's issuer is.
func KeySetFrom(handler http.Handler, path string) func(ctx context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost"+path, http.NoBody)
		if err != nil {
			return nil, err
		}
		r.RequestURI, r.RemoteAddr = path, "127.0.0.1:0"
		w := &recorder{header: http.Header{}}
		handler.ServeHTTP(w, r)
		switch {
		case w.status != 0 && w.status != http.StatusOK:
			return nil, fmt.Errorf("%s answered with status %d", path, w.status)
		case w.cut:
			return nil, fmt.Errorf("%s answered with more than %d bytes", path, keyset.MaxBytes)
		}
		return w.body.Bytes(), nil
	}
}

// A recorder records an answer, up to the size of the largest key set.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
	cut    bool
}

// Header implements http.ResponseWriter.
func (w *recorder) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(status int) {
	// A status under 200 is not the final one.
	if w.status == 0 && status >= http.StatusOK {
		w.status = status
	}
}

// Write implements http.ResponseWriter.
func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.body.Len()+len(b) > keyset.MaxBytes {
		w.cut = true
		return 0, errors.New("inspector: the answer is too large for a key set")
	}
	return w.body.Write(b)
}

// A source has the keys of one pool for one request. It keeps nothing longer: users come
// here after a key rotation, and a request to the handler is cheap.
type source struct {
	fetch func(context.Context) ([]byte, error)
	note  func(context.Context, error) // logs why there is no set

	once sync.Once // guards the writing of what follows
	set  *keyset.Set
	err  error
}

// Load implements keyset.Source.
func (s *source) Load(ctx context.Context) error {
	s.once.Do(func() {
		var text []byte
		if text, s.err = s.fetch(ctx); s.err == nil {
			s.set, s.err = keyset.Parse(text)
		}
		if s.err != nil {
			s.set = nil
			s.note(ctx, s.err)
			s.err = keyset.Unavailable(s.err, 0)
		}
	})
	return s.err
}

// Key implements keyset.Source.
func (s *source) Key(ctx context.Context, id string) (*keyset.Key, error) {
	if err := s.Load(ctx); err != nil {
		return nil, err
	}
	key, ok := s.set.Key(id)
	if !ok {
		return nil, keyset.ErrKeyNotFound
	}
	return key, nil
}

// Replacement implements keyset.Source. The set is as new as can be.
func (s *source) Replacement(context.Context, *keyset.Key) (*keyset.Key, error) { return nil, nil } //nolint:nilnil // "no other key, and no fault" is how the interface has it

// Holds implements keyset.Source. Only a cache of tokens asks, and there is none.
func (s *source) Holds(*keyset.Key, time.Time) bool { return false }
