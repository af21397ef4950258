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

// transport lets a handler answer requests without a connection between them. The
// answer begins when the handler begins it and the body comes as it is written, so
// that slow, endless and broken answers are what they are over a socket.
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
	hangUp := func(err error) {
		cancel()
		body.CloseWithError(err)
	}
	select {
	case b := <-w.begun:
		if b.err != nil {
			return nil, b.err
		}
		stop := context.AfterFunc(r.Context(), func() { hangUp(r.Context().Err()) })
		b.response.Body = answerBody{body, func() { stop(); hangUp(io.ErrClosedPipe) }}
		return b.response, nil
	case <-r.Context().Done():
		hangUp(r.Context().Err())
		return nil, r.Context().Err()
	}
}

// begun is the answer up to its body, or why there is none.
type begun struct {
	response *http.Response
	err      error
}

// answerBody ends the handler's request when it is closed.
type answerBody struct {
	io.Reader
	hangUp func()
}

// Close implements io.Closer.
func (b answerBody) Close() error {
	b.hangUp()
	return nil
}

// answerWriter is the handler's side of the answer.
type answerWriter struct {
	request *http.Request
	body    *io.PipeWriter
	header  http.Header
	left    int64 // of the promised Content-Length; below 0: none was promised
	once    sync.Once
	begun   chan begun // gets one, ever
}

var errBrokeOff = fmt.Errorf("cognitotest: the connection broke: %w", io.ErrUnexpectedEOF)

// run calls the handler as a server does: one that panics, or writes less than it
// promised, breaks the connection.
func (w *answerWriter) run(handler http.Handler, r *http.Request) {
	err := errBrokeOff // stands where the handler ends the goroutine, as t.FailNow does
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

// Flush implements http.Flusher: nothing is ever held back.
func (w *answerWriter) Flush() { w.WriteHeader(http.StatusOK) }
