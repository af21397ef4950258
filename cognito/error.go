package cognito

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// An Error is the one type of error that verification returns. It holds no part of
// the token but values of claims whose signature held.
type Error struct {
	code       Code
	claim      string
	message    string
	cause      error
	retryAfter time.Duration
	want       challenge
}

// challenge is what a client would have to come back with.
type challenge struct {
	scopes []string
	acr    string
	maxAge time.Duration
}

// Code returns the reason. It is never empty: that of the zero Error, which an
// application's check may return, is [ErrAccessDenied].
func (e *Error) Code() Code {
	if e.code == "" {
		return ErrAccessDenied
	}
	return e.code
}

// Claim returns the name of the claim or header parameter that decided, or "".
func (e *Error) Claim() string { return e.claim }

// Message says what was expected and, once the signature had held, what was found.
// It may be shown to whoever sent the token: it holds neither the token nor the
// inner workings of this process.
func (e *Error) Message() string { return e.message }

// Error implements error: the code, the message and, for logs, the cause.
func (e *Error) Error() string {
	if e == nil {
		return "cognito: a nil *Error"
	}
	s := e.Code().Error() + ": " + e.message
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause: that of a failed fetch, or the error of a custom check.
func (e *Error) Unwrap() error {
	if e == nil { // a nil *Error in an error, from a custom check
		return nil
	}
	return e.cause
}

// Is reports whether target is the error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	//mutate:ignore always: no error has the empty code
	return ok && e != nil && code == e.Code()
}

// Temporary reports whether the same token may be accepted later because this time
// it could not be judged ([ErrKeysUnavailable], [ErrCheckUnavailable]).
func (e *Error) Temporary() bool {
	return e.code == ErrKeysUnavailable || e.code == ErrCheckUnavailable
}

// RetryAfter returns how long to wait before asking again, 0 where waiting does not
// help.
func (e *Error) RetryAfter() time.Duration { return e.retryAfter }

// RequiredScopes returns a copy of the scopes that [ErrScopeMissing] asked for.
func (e *Error) RequiredScopes() []string { return slices.Clone(e.want.scopes) }

// RequiredACR returns the acr value that [ErrAuthenticationTooWeak] asked for.
func (e *Error) RequiredACR() string { return e.want.acr }

// RequiredMaxAge returns the age of authentication that [ErrAuthenticationTooOld]
// allowed.
func (e *Error) RequiredMaxAge() time.Duration { return e.want.maxAge }

// CodeOf returns the [Code] of an error of this package, wrapped or not, and "" for
// every other error and for nil.
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

// NewError returns an error for what is found out outside this package: by a
// transport before there is a token to verify ([ErrTokenMissing],
// [ErrRequestInvalid]), or by a check of the application ([Require]). The message
// must hold no part of a credential. An empty code is [ErrAccessDenied].
func NewError(code Code, message string) *Error {
	//mutate:ignore Code reads an empty code alike
	if code == "" {
		code = ErrAccessDenied
	}
	return &Error{code: code, message: message}
}

// WithCause returns a copy of e with a cause, which is for logs and errors.Is: Message
// does not have it. A nil e stays nil.
func (e *Error) WithCause(cause error) *Error {
	if e == nil {
		return nil
	}
	other := *e
	other.cause = cause
	return &other
}

// WithRetryAfter returns a copy of e whose RetryAfter is d, at least 0. A nil e stays nil.
func (e *Error) WithRetryAfter(d time.Duration) *Error {
	if e == nil {
		return nil
	}
	other := *e
	other.retryAfter = max(d, 0)
	return &other
}

func refuse(code Code, claim, format string, args ...any) *Error {
	return &Error{code: code, claim: claim, message: fmt.Sprintf(format, args...)}
}

// quote makes the value of a verified claim safe and short enough for a message.
func quote(s string) string {
	const longest = 100
	if len(s) > longest {
		return fmt.Sprintf("%q… (%d bytes)", s[:longest], len(s))
	}
	return fmt.Sprintf("%q", s)
}
