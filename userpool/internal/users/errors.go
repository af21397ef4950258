package users

import (
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/userpool/internal/attributes"
	"github.com/poolguard/poolguard/userpool/internal/passwords"
)

// Code says which kind of refusal an [Error] is. Its values are the names of
// Cognito's exceptions.
// https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/CommonErrors.html
type Code string

// The kinds of refusals.
const (
	CodeAliasExists      Code = "AliasExistsException"
	CodeExpired          Code = "ExpiredCodeException"
	CodeInvalidParameter Code = "InvalidParameterException"
	CodeInvalidPassword  Code = "InvalidPasswordException"
	CodeLimitExceeded    Code = "LimitExceededException"
	CodeMismatch         Code = "CodeMismatchException"
	CodeNotAuthorized    Code = "NotAuthorizedException"
	CodeNotFound         Code = "ResourceNotFoundException"
	CodePasswordHistory  Code = "PasswordHistoryPolicyViolationException"
	CodeUnsupportedState Code = "UnsupportedUserStateException"
	CodeUserNotFound     Code = "UserNotFoundException"
	CodeUsernameExists   Code = "UsernameExistsException"
)

// Error is a refusal. Its message is Cognito's where that is known, may be shown
// to the user, and holds neither passwords nor codes.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Message }

// Is reports whether target is an Error of the same code, with the same message or
// none, so that errors.Is(err, &Error{Code: CodeExpired}) asks for a kind.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Code == e.Code && (other.Message == "" || other.Message == e.Message)
}

func refusal(code Code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error { return refusal(CodeInvalidParameter, format, args...) }

// Refusal turns an error of the packages attributes and passwords into an *[Error]. It
// returns other errors, and nil, unchanged.
func Refusal(err error) error {
	weak, bad := new(passwords.PolicyError), new(attributes.Error)
	switch {
	case errors.As(err, &weak):
		return &Error{CodeInvalidPassword, weak.Error()}
	case errors.Is(err, passwords.ErrUsed):
		return &Error{CodePasswordHistory, passwords.ErrUsed.Error()}
	case errors.As(err, &bad) && bad.Unauthorized:
		return &Error{CodeNotAuthorized, bad.Message}
	case errors.As(err, &bad):
		return &Error{CodeInvalidParameter, bad.Message}
	}
	return err
}

// The refusals that have one message. Those about users who are not there differ
// between what a client asks and what an administrator asks.
var (
	errMismatch      = &Error{CodeMismatch, "Invalid verification code provided, please try again."}
	errExpired       = &Error{CodeExpired, "Invalid code provided, please request a code again."}
	errTooMany       = &Error{CodeLimitExceeded, "Attempt limit exceeded, please try after some time."}
	errDisabled      = &Error{CodeNotAuthorized, "User is disabled."}
	errNoSuchUser    = &Error{CodeUserNotFound, "User does not exist."}
	errNoCombination = &Error{CodeUserNotFound, "Username/client id combination not found."}
	errNotResettable = &Error{CodeNotAuthorized, "User password cannot be reset in the current state."}
	errNoRecovery    = &Error{CodeInvalidParameter, "Cannot reset password for the user as there is no registered/verified email or phone_number"}
	errAdminOnly     = &Error{CodeNotAuthorized, "Contact administrator to reset password."}
)

// counted is an error whose consequences are kept: a wrong code costs an attempt.
type counted struct{ error }

func (c counted) Unwrap() error { return c.error }

func isCounted(err error) bool { return errors.As(err, new(counted)) }
