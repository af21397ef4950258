package httpclient_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/poolguard/poolguard/cognito/internal/httpclient"
)

func TestCauseNamesTheFailure(t *testing.T) {
	const quoted = "eyJhbGciOi"
	for want, err := range map[string]error{
		"cancelled":           fmt.Errorf("%s: %w", quoted, context.Canceled),
		"unknown to DNS":      &net.OpError{Op: "dial", Err: &net.DNSError{Err: quoted, IsNotFound: true}},
		"DNS could not":       &net.DNSError{Err: quoted, IsTimeout: true},
		"unknown authority":   &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}},
		"another host":        x509.HostnameError{Certificate: &x509.Certificate{DNSNames: []string{quoted}}, Host: quoted},
		"reason 1":            x509.CertificateInvalidError{Reason: x509.Expired, Detail: quoted},
		"refused":             &tls.CertificateVerificationError{Err: errors.New(quoted)},
		"with TLS":            tls.RecordHeaderError{Msg: quoted},
		"alert 40":            tls.AlertError(40),
		"in time":             &url.Error{Op: quoted, Err: context.DeadlineExceeded},
		"not answer":          os.ErrDeadlineExceeded,
		"connection refused":  &net.OpError{Op: "dial", Err: os.NewSyscallError(quoted, syscall.ECONNREFUSED)},
		"was complete":        fmt.Errorf("%s: %w", quoted, io.ErrUnexpectedEOF),
		"complete":            io.EOF,
		"connection failed":   &net.OpError{Op: quoted, Err: errors.New(quoted)},
		"*errors.errorString": &url.Error{Op: quoted, Err: errors.New(quoted)},
		"HTTP/2":              &url.Error{Op: quoted, Err: errors.New("http2: " + quoted)},
		"no error":            nil,
	} {
		if got := httpclient.Cause(err); !strings.Contains(got, want) || strings.Contains(got, quoted) {
			t.Errorf("got %q for %v, want %q in it", got, err, want)
		}
	}
}

// answering returns the address of a server with that answer, in which %[1]s is the value of
// Authorization.
func answering(t *testing.T, answer string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hijacker, ok := w.(http.Hijacker)
		if !ok {
			t.Error("the connection cannot be hijacked")
			return
		}
		connection, _, err := hijacker.Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer connection.Close()
		fmt.Fprint(connection, strings.ReplaceAll(answer, "%s", r.Header.Get("Authorization")))
	}))
	t.Cleanup(server.Close)
	return server
}

// failure returns the error of a request, or of reading its answer.
func failure(t *testing.T, client *http.Client, address string) error {
	t.Helper()
	response, err := client.Get(address)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, err = io.ReadAll(response.Body)
	return err
}

// TestCauseNamesFailuresOfHTTP: package net/http has no types for most of them.
func TestCauseNamesFailuresOfHTTP(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	for answer, want := range map[string]string{
		"HTTP/1.1 two hundred\r\n\r\n":                              "its answer is not valid HTTP",
		"hello\r\n\r\n":                                             "its answer is not valid HTTP",
		ok + "hello\r\n\r\n":                                        "its answer is not valid HTTP",
		ok + "Content-Length: two\r\n\r\n":                          "its answer is not valid HTTP",
		ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n":       "its answer is not valid HTTP",
		ok + "Transfer-Encoding: hello\r\n\r\n":                     "its answer is not valid HTTP",
		ok + "Transfer-Encoding: chunked\r\n\r\nhello\r\n":          "its answer is not valid HTTP",
		ok + "Transfer-Encoding: chunked\r\n\r\n0\r\nhello\r\n\r\n": "its answer is not valid HTTP",
		ok + "X: " + strings.Repeat("x", 70<<10) + "\r\n\r\n":       "the header of its answer is too long",
		ok + "Content-Length: 9\r\n\r\nhello":                       "the connection ended before the answer was complete",
		"":                                                          "the connection ended before the answer was complete",
	} {
		err := failure(t, &http.Client{Transport: httpclient.NewTransport()}, answering(t, answer).URL)
		if got := httpclient.Cause(err); got != want {
			t.Errorf("got %q for %.100q (%.200v), want %q", got, answer, err, want)
		}
	}
	plain := strings.Replace(answering(t, ok+"\r\n").URL, "http:", "https:", 1)
	if got := httpclient.Cause(failure(t, &http.Client{Transport: httpclient.NewTransport()}, plain)); got != "it does not answer with TLS" {
		t.Errorf("got %q for a peer without TLS", got)
	}
	two := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	two.EnableHTTP2 = true
	two.StartTLS()
	defer two.Close()
	if got := httpclient.Cause(failure(t, two.Client(), two.URL)); got != "the HTTP/2 connection failed" {
		t.Errorf("got %q for a stream that the peer ended", got)
	}
}

// TestCauseDoesNotQuoteAPeerThatEchoesTheRequest: net/http does, in several ways.
func TestCauseDoesNotQuoteAPeerThatEchoesTheRequest(t *testing.T) {
	const token = "eyJhbGciOiJSUzI1NiJ9.e30.c2ln"
	quotes := 0
	for _, answer := range []string{
		"HTTP/1.1 %s\r\n\r\n", "%s\r\n\r\n", "HTTP/1.1 200 OK\r\n%s\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: %s\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: %s\r\n\r\n", "%s HTTP/1.1 200 OK\r\n\r\n",
	} {
		server := answering(t, answer)
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Authorization", "Bearer "+token)
		client := http.Client{Transport: httpclient.NewTransport()}
		response, err := client.Do(request)
		if err == nil {
			_ = response.Body.Close()
		} else if strings.Contains(err.Error(), token) {
			quotes++
		}
		if got := httpclient.Cause(err); strings.Contains(got, token[:10]) {
			t.Errorf("%q for the answer %q", got, answer)
		}
		client.CloseIdleConnections()
	}
	if quotes == 0 {
		t.Error("package net/http quotes no answer any longer: this test proves nothing")
	}
}
