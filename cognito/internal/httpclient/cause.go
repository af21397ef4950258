package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
)

// Cause says why a request failed, for logs. It never has the text of err, which may quote
// what the peer sent: package net/http puts lines of a malformed answer into its errors, and
// a peer that echoes the request would put a credential there. It names what is known about
// the failure, and the type of everything else.
func Cause(err error) string {
	var (
		dns      *net.DNSError
		errno    syscall.Errno
		record   tls.RecordHeaderError
		alert    tls.AlertError
		untrust  x509.UnknownAuthorityError
		hostname x509.HostnameError
		invalid  x509.CertificateInvalidError
		verify   *tls.CertificateVerificationError
		network  net.Error
		op       *net.OpError
	)
	switch {
	case err == nil:
		return "no error"
	case errors.Is(err, context.Canceled):
		return "it was cancelled"
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return "its host is unknown to DNS"
		}
		return "DNS could not look its host up"
	case errors.As(err, &untrust):
		return "its certificate is of an unknown authority"
	case errors.As(err, &hostname):
		return "its certificate is for another host"
	case errors.As(err, &invalid):
		return fmt.Sprintf("its certificate is invalid (reason %d of package x509)", invalid.Reason)
	case errors.As(err, &verify):
		return "its certificate was refused"
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch):
		return "it does not answer with TLS"
	case errors.As(err, &alert):
		return fmt.Sprintf("TLS failed with alert %d", uint8(alert))
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "it did not answer in time"
	case errors.As(err, &errno):
		return errno.Error()
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "the connection ended before the answer was complete"
	case errors.As(err, &op):
		return "the connection failed"
	}
	return httpCause(err)
}

// httpCause names failures for which package net/http has no types, by its words. A peer can
// only choose among the names.
func httpCause(err error) string {
	inner := err
	for next := err; next != nil; next = errors.Unwrap(next) {
		inner = next
	}
	kind, text := fmt.Sprintf("%T", inner), err.Error()
	switch {
	case strings.Contains(text, "response headers exceeded"):
		return "the header of its answer is too long"
	case strings.HasPrefix(kind, "http.http2"), strings.HasPrefix(inner.Error(), "http2: "):
		return "the HTTP/2 connection failed"
	case strings.Contains(text, "transport connection broken"), kind == "textproto.ProtocolError", strings.HasPrefix(text, "invalid byte in chunk"):
		return "its answer is not valid HTTP"
	}
	return "the transport returned an error of type " + kind
}
