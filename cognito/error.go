package cognito

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/poolguard/poolguard/cognito/internal/excerpt"
)

// An Error is the only type of error that verification returns. It holds no part of the
// token, except values of claims after the signature was verified. It is immutable and
// safe for concurrent use.
//
// A nil *Error is no error. All its methods work and return zero values: [Error.Code] is
// "", [Error.Is] is false, and only [Error.Error] returns a text. The zero Error, which a
// check of the application may return, is a refusal with [ErrAccessDenied].
type Error struct {
	code       Code
	claim      string
	message    string
	detail     string // "": message
	cause      error
	retryAfter time.Duration
	want       challenge
}

// challenge is what the client needs for its next attempt.
type challenge struct {
	scopes []string
	acr    string
	maxAge time.Duration
}

// Code returns the reason, [ErrAccessDenied] for the zero Error.
func (e *Error) Code() Code {
	switch {
	case e == nil:
		return ""
	case e.code == "":
		return ErrAccessDenied
	}
	return e.code
}

// fields returns the fields of e, zero values for nil.
func (e *Error) fields() Error {
	if e == nil {
		return Error{}
	}
	return *e
}

// Claim returns the name of the claim or header parameter that caused the refusal, or
// "".
func (e *Error) Claim() string { return e.fields().claim }

// Message returns what is wrong and, after the signature was verified, what was found. It
// may be shown to the sender of the token: it holds neither the token nor details of this
// process and its configuration. The scopes, the acr value and the age of the sign-in that a
// call requires are no secrets; a client needs them for its next attempt (RFC 6750 §3, RFC
// 9470 §3).
func (e *Error) Message() string { return e.fields().message }

// Detail returns the message with what the configuration accepts, for the operator: logs, a
// command line, a test. For [ErrIssuerMismatch] it has the issuer that the token names,
// quoted. It holds no token. Do not show it to the sender of the token.
func (e *Error) Detail() string {
	if f := e.fields(); f.detail != "" {
		return f.detail
	}
	return e.Message()
}

// Error implements error. It returns the code, [Error.Detail] and the cause, for logs.
func (e *Error) Error() string {
	if e == nil {
		return "cognito: no error (a nil *Error)"
	}
	s := e.Code().Error() + ": " + e.Detail()
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause: that of a failed fetch, or the error of a check of the
// application.
func (e *Error) Unwrap() error { return e.fields().cause }

// Is reports whether target is the error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	//mutate:ignore always: no error has the empty code
	return ok && e != nil && code == e.Code()
}

// Temporary reports whether the same token may be accepted later, because this time the
// verifier could not find out whether it is good ([ErrKeysUnavailable],
// [ErrCheckUnavailable]).
func (e *Error) Temporary() bool {
	code := e.Code()
	return code == ErrKeysUnavailable || code == ErrCheckUnavailable
}

// RetryAfter returns how long to wait before the next attempt, 0 if waiting does not
// help.
func (e *Error) RetryAfter() time.Duration { return e.fields().retryAfter }

// RequiredScopes returns a copy of the scopes that [ErrScopeMissing] requires.
func (e *Error) RequiredScopes() []string { return slices.Clone(e.fields().want.scopes) }

// RequiredACR returns the acr value that [ErrAuthenticationTooWeak] requires.
func (e *Error) RequiredACR() string { return e.fields().want.acr }

// RequiredMaxAge returns the longest time since the authentication that
// [ErrAuthenticationTooOld] accepts.
func (e *Error) RequiredMaxAge() time.Duration { return e.fields().want.maxAge }

// CodeOf returns the [Code] of an error of this package, wrapped or not. It returns ""
// for every other error, for nil and for a nil *Error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e.Code()
	}
	var code Code
	if errors.As(err, &code) {
		return code
	}
	return ""
}

// NewError returns an error for code outside of this package: a transport that has no
// token to verify ([ErrTokenMissing], [ErrRequestInvalid]), or a check of the
// application ([Require]). The message must hold no part of a credential, since the
// sender sees it. An empty code means [ErrAccessDenied].
func NewError(code Code, message string) *Error {
	//mutate:ignore Code reads an empty code alike
	if code == "" {
		code = ErrAccessDenied
	}
	return &Error{code: code, message: message}
}

// WithDetail returns a copy of e whose [Error.Detail] is detail: what the operator may know
// and the sender may not. A nil e stays nil.
func (e *Error) WithDetail(detail string) *Error {
	if e == nil {
		return nil
	}
	other := *e
	other.detail = detail
	return &other
}

// WithCause returns a copy of e with a cause, for logs and [errors.Is]. The message
// does not contain the cause. A nil e stays nil.
func (e *Error) WithCause(cause error) *Error {
	if e == nil {
		return nil
	}
	other := *e
	other.cause = cause
	return &other
}

// WithRetryAfter returns a copy of e whose RetryAfter is d, or 0 if d is
// negative. A nil e stays nil.
func (e *Error) WithRetryAfter(d time.Duration) *Error {
	if e == nil {
		return nil
	}
	other := *e
	other.retryAfter = max(d, 0)
	return &other
}

// expecting sets the detail of an error that refuse made.
func (e *Error) expecting(format string, args ...any) *Error {
	e.detail = fmt.Sprintf(format, args...)
	return e
}

func refuse(code Code, claim, format string, args ...any) *Error {
	return &Error{code: code, claim: claim, message: fmt.Sprintf(format, args...)}
}

// quote makes the value of a verified claim safe and short enough for a message.
func quote(s string) string { return excerpt.Quote(s, 100) }
