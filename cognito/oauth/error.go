package oauth

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// A Code names one reason for a failed call. Codes are errors, so a program asks for a
// reason with
//
//	errors.Is(err, oauth.ErrInvalidGrant)
//
// The set is closed: any other error of the pool is [ErrRefused], and [Error.Reported]
// has its name.
type Code string

// Error implements error. It returns the code with the name of the package.
func (c Code) Error() string { return "oauth: " + string(c) }

// Errors that the pool reports, with the pool's names (RFC 6749 §4.1.2.1 and §5.2,
// RFC 7009 §2.2.1, RFC 6750 §3.1, OpenID Connect Core §3.1.2.6).
const (
	// ErrInvalidRequest: the pool misses a part of the request, or an argument cannot be
	// sent.
	ErrInvalidRequest Code = "invalid_request"
	// ErrInvalidClient: the app client is unknown, or its secret is wrong.
	ErrInvalidClient Code = "invalid_client"
	// ErrInvalidGrant: the code or refresh token is expired, revoked, used before,
	// or of another client; or the code came without its verifier. Sign in again.
	ErrInvalidGrant Code = "invalid_grant"
	// ErrUnauthorizedClient: the app client may not use this grant.
	ErrUnauthorizedClient Code = "unauthorized_client"
	// ErrUnsupportedGrantType: the pool does not know the grant.
	ErrUnsupportedGrantType Code = "unsupported_grant_type"
	// ErrUnsupportedResponseType: the pool does not give codes to this client.
	ErrUnsupportedResponseType Code = "unsupported_response_type"
	// ErrUnsupportedTokenType: the pool does not revoke tokens of this kind.
	ErrUnsupportedTokenType Code = "unsupported_token_type"
	// ErrInvalidScope: a scope is unknown, or is not the client's.
	ErrInvalidScope Code = "invalid_scope"
	// ErrInsufficientScope: the access token lacks a scope, as openid for userInfo.
	ErrInsufficientScope Code = "insufficient_scope"
	// ErrAccessDenied: the user, or a trigger of the pool, refused.
	ErrAccessDenied Code = "access_denied"
	// ErrLoginRequired: no user is signed in at the pool, and the request allowed no
	// pages (prompt=none). The same for interaction_required and consent_required.
	ErrLoginRequired Code = "login_required"
	// ErrInvalidToken: the pool no longer accepts the access token.
	ErrInvalidToken Code = "invalid_token"
	// ErrRefused: the pool refused with another name, or with none.
	ErrRefused Code = "refused"
)

// Errors that this package finds. Up to ErrIssuerMismatch, no code was sent to the pool.
const (
	// ErrCallbackInvalid: the callback address is malformed, has a parameter twice, or
	// has neither a code nor an error.
	ErrCallbackInvalid Code = "callback_invalid"
	// ErrFlowInvalid: there is no such sign-in. This client did not seal the flow, or it
	// is already finished, or its time is over. Begin another one.
	ErrFlowInvalid Code = "flow_invalid"
	// ErrStateMismatch: state is absent or not that of the flow. Another person began
	// the sign-in, or the same browser began another one later.
	ErrStateMismatch Code = "state_mismatch"
	// ErrIssuerMismatch: iss in the callback is not the pool (RFC 9207).
	ErrIssuerMismatch Code = "issuer_mismatch"
	// ErrTokensInvalid: the pool's tokens do not pass the checks. If package
	// cognito rejected one, the error wraps its *cognito.Error.
	ErrTokensInvalid Code = "tokens_invalid"
	// ErrResponseInvalid: the answer does not have the required form. It is a page, a
	// redirect, longer than 1 MiB, JSON with a repeated name, or has no token.
	ErrResponseInvalid Code = "response_invalid"
	// ErrUnavailable: the result is unknown. The pool did not answer in time, answered
	// 429 or 5xx, or the keys for the tokens are unavailable. It says nothing about the
	// user or the client.
	ErrUnavailable Code = "unavailable"
)

// codeOf has the code for each error that a pool may report. All temporary errors have
// one code.
var codeOf = func() map[string]Code {
	m := map[string]Code{
		"interaction_required": ErrLoginRequired, "consent_required": ErrLoginRequired, "account_selection_required": ErrLoginRequired,
		"server_error": ErrUnavailable, "temporarily_unavailable": ErrUnavailable,
	}
	for _, c := range []Code{
		ErrInvalidRequest, ErrInvalidClient, ErrInvalidGrant, ErrUnauthorizedClient, ErrUnsupportedGrantType, ErrUnsupportedResponseType,
		ErrUnsupportedTokenType, ErrInvalidScope, ErrInsufficientScope, ErrAccessDenied, ErrLoginRequired, ErrInvalidToken,
	} {
		m[string(c)] = c
	}
	return m
}()

// An Error is the one type of error that the methods of this package return. It
// holds no token, no code and no secret.
//
// A nil *Error is no error. All its methods work and return zero values: [Error.Code] is
// "", [Error.Is] is false, and only [Error.Error] returns a text.
type Error struct {
	code        Code
	message     string
	reported    string
	description string
	status      int
	retryAfter  time.Duration
	cause       error
}

// fields returns the fields of e, zero values for nil.
func (e *Error) fields() Error {
	if e == nil {
		return Error{}
	}
	return *e
}

// Code returns the reason. It is empty only for nil.
func (e *Error) Code() Code { return e.fields().code }

// Message says what was expected. It can be shown to the user, since it contains no part
// of the request or the answer.
func (e *Error) Message() string { return e.fields().message }

// Reported returns the pool's name of the error, "" if the pool did not name it: up to 64
// characters of printable ASCII.
func (e *Error) Reported() string { return e.fields().reported }

// Description returns error_description: up to 256 characters of printable ASCII, all
// others replaced by "?". Any person who sends a browser to the callback can choose it,
// so show it in a page only as text, if at all.
func (e *Error) Description() string { return e.fields().description }

// Status returns the HTTP status of the pool's answer, 0 without an answer.
func (e *Error) Status() int { return e.fields().status }

// Temporary reports whether the same call may succeed later, because its result is
// unknown ([ErrUnavailable]). A code that was sent cannot be used again: after Finish,
// start a new sign-in.
func (e *Error) Temporary() bool { return e.Code() == ErrUnavailable }

// RetryAfter returns the time to wait before the next attempt, 0 if waiting does not
// help.
func (e *Error) RetryAfter() time.Duration { return e.fields().retryAfter }

// Error implements error. It returns the code, the message and, for logs, the pool's
// error and the cause.
func (e *Error) Error() string {
	if e == nil {
		return "oauth: no error (a nil *Error)"
	}
	s := e.code.Error() + ": " + e.message
	switch {
	case e.description != "":
		s += fmt.Sprintf(" (%s: %q)", e.reported, e.description)
	case e.reported != "":
		s += " (" + e.reported + ")"
	}
	if e.cause != nil {
		s += ": " + e.cause.Error()
	}
	return s
}

// Unwrap returns the cause: the *cognito.Error of a token, or the fault of a connection.
// It wraps the context's error only if the caller's context ended: time-outs of a request
// match neither context.Canceled nor context.DeadlineExceeded.
func (e *Error) Unwrap() error { return e.fields().cause }

// Is reports whether target is the error's [Code].
func (e *Error) Is(target error) bool {
	code, ok := target.(Code)
	return ok && e != nil && code == e.code
}

// CodeOf returns the [Code] of an error of this package, wrapped or not. It returns ""
// for every other error, for nil and for a nil *Error.
func CodeOf(err error) Code {
	var e *Error
	if errors.As(err, &e) && e != nil {
		return e.code
	}
	var code Code
	if errors.As(err, &code) {
		return code
	}
	return ""
}

func fail(code Code, format string, args ...any) *Error {
	e := &Error{code: code, message: fmt.Sprintf(format, args...)}
	if code == ErrUnavailable {
		e.retryAfter = time.Second
	}
	return e
}

func failed(code Code, cause error, format string, args ...any) *Error {
	e := fail(code, format, args...)
	e.cause = cause
	return e
}

const (
	longestName        = 64
	longestDescription = 256
)

// refusedBy returns the Error for an error that the pool reported.
func refusedBy(what, name, description string) *Error {
	code, known := codeOf[name]
	if !known {
		code = ErrRefused
	}
	e := fail(code, "%s was refused by the user pool", what)
	if code == ErrUnavailable {
		e.message = what + " failed at the user pool; try again"
	}
	e.reported, e.description = printable(name, longestName), printable(description, longestDescription)
	return e
}

// printable shortens a text of another party and makes it safe for logs: RFC 6749 §5.2
// allows printable ASCII alone.
func printable(s string, longest int) string {
	var b strings.Builder
	for _, r := range s {
		if b.Len() == longest {
			break
		}
		if r < ' ' || r > '~' {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}
