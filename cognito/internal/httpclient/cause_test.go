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
		"*errors.errorString": errors.New(quoted),
		"no error":            nil,
	} {
		if got := httpclient.Cause(err); !strings.Contains(got, want) || strings.Contains(got, quoted) {
			t.Errorf("got %q for %v, want %q in it", got, err, want)
		}
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
			fmt.Fprintf(connection, answer, r.Header.Get("Authorization"))
		}))
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
		server.Close()
	}
	if quotes == 0 {
		t.Error("package net/http quotes no answer any longer: this test proves nothing")
	}
}
