package cognitotest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
)

// transport lets a handler answer requests without a connection. The answer starts when
// the handler starts it, and the body arrives as it is written. So slow, endless and
// broken answers behave as over a socket.
type transport struct{ handler http.Handler }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(r.Context())
	asked := r.Clone(ctx)
	asked.RequestURI, asked.RemoteAddr = r.URL.RequestURI(), "192.0.2.1:1234" // TEST-NET-1, as httptest has it
	if asked.Host == "" {
		asked.Host = r.URL.Host
	}
	if asked.Body == nil {
		asked.Body = http.NoBody
	}
	body, write := io.Pipe()
	w := &answerWriter{request: r, body: write, header: http.Header{}, left: -1, begun: make(chan begun, 1)}
	go func() {
		defer cancel()
		defer asked.Body.Close()
		w.run(t.handler, asked)
	}()
	disconnect := func(err error) {
		cancel()
		body.CloseWithError(err)
	}
	select {
	case b := <-w.begun:
		if b.err != nil {
			return nil, b.err
		}
		stop := context.AfterFunc(r.Context(), func() { disconnect(r.Context().Err()) })
		b.response.Body = answerBody{body, func() { stop(); disconnect(io.ErrClosedPipe) }}
		return b.response, nil
	case <-r.Context().Done():
		disconnect(r.Context().Err())
		return nil, r.Context().Err()
	}
}

// begun is the answer up to its body, or the error in its place.
type begun struct {
	response *http.Response
	err      error
}

// answerBody ends the handler's request when it is closed.
type answerBody struct {
	io.Reader
	disconnect func()
}

// Close implements io.Closer.
func (b answerBody) Close() error {
	b.disconnect()
	return nil
}

// answerWriter is the handler's side of the answer.
type answerWriter struct {
	request *http.Request
	body    *io.PipeWriter
	header  http.Header
	left    int64 // of the announced Content-Length; below 0 without one
	once    sync.Once
	begun   chan begun // gets exactly one
}

var errBrokeOff = fmt.Errorf("cognitotest: the connection broke: %w", io.ErrUnexpectedEOF)

// run calls the handler as a server does: a handler that panics, or writes less than it
// announced, breaks the connection.
func (w *answerWriter) run(handler http.Handler, r *http.Request) {
	err := errBrokeOff // if the handler ends the goroutine, as t.FailNow does
	defer func() {
		fault := recover()
		if cause, ok := fault.(error); fault != nil && (!ok || !errors.Is(cause, http.ErrAbortHandler)) {
			err = fmt.Errorf("cognitotest: the handler panicked: %v", fault)
		}
		w.once.Do(func() { w.begun <- begun{err: err} })
		w.body.CloseWithError(err)
	}()
	handler.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK)
	if w.left <= 0 {
		err = nil
	}
}

// Header implements http.ResponseWriter.
func (w *answerWriter) Header() http.Header { return w.header }

// WriteHeader implements http.ResponseWriter.
func (w *answerWriter) WriteHeader(status int) {
	w.once.Do(func() {
		length, err := strconv.ParseInt(w.header.Get("Content-Length"), 10, 64)
		if err != nil || length < 0 {
			length = -1
		}
		w.left = length
		w.begun <- begun{response: &http.Response{
			Status: strconv.Itoa(status) + " " + http.StatusText(status), StatusCode: status,
			Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Header: w.header.Clone(), ContentLength: length, Request: w.request,
		}}
	})
}

// Write implements http.ResponseWriter.
func (w *answerWriter) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	n, err := w.body.Write(b)
	w.left -= int64(n)
	return n, err
}

// Flush implements http.Flusher: writes are never buffered.
func (w *answerWriter) Flush() { w.WriteHeader(http.StatusOK) }
