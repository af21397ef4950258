package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/poolguard/poolguard/userpool/internal/authflow"
	"github.com/poolguard/poolguard/userpool/internal/describe"
	"github.com/poolguard/poolguard/userpool/internal/issuer"
	"github.com/poolguard/poolguard/userpool/internal/users"
)

// Error is an exception of Cognito's: its name and its message, which the caller
// sees. It never holds a secret.
type Error struct{ Type, Message string }

func (e *Error) Error() string { return e.Type + ": " + e.Message }

func exception(name, format string, args ...any) error {
	return &Error{name, fmt.Sprintf(format, args...)}
}

func invalidParameter(format string, args ...any) error {
	return exception("InvalidParameterException", format, args...)
}

func notAuthorized(message string) error { return &Error{"NotAuthorizedException", message} }

func notFound(format string, args ...any) error {
	return exception("ResourceNotFoundException", format, args...)
}

// serializationError is about a body that is not the JSON of the action: it names
// members of the request and kinds, not values.
func serializationError(err error) error {
	if wrong := new(describe.DecodeError); errors.As(err, &wrong) && (wrong.Twice || wrong.Path != "" && wrong.Kind != "") {
		return &Error{"SerializationException", wrong.Error()}
	}
	return &Error{"SerializationException", "The body is not a JSON object."}
}

// unknownClientError is Cognito's exception for an ID that no client has. It may be a
// secret in the wrong place: the log gets no more than its beginning.
type unknownClientError struct {
	exception error
	logged    string
}

func (e *unknownClientError) Error() string { return e.logged }

func (e *unknownClientError) Unwrap() error { return e.exception }

func noClient(id string) error {
	const words, most = "User pool client %s does not exist.", 8
	if r := []rune(id); len(r) > most {
		return &unknownClientError{notFound(words, id), fmt.Sprintf(words, string(r[:most])+"…")}
	}
	return notFound(words, id)
}

// maxMessage bounds what an answer and the log say of a request, in bytes.
const maxMessage = 8 << 10

func bounded(message string) string {
	if len(message) <= maxMessage {
		return message
	}
	return strings.ToValidUTF8(message[:maxMessage], "") + "…"
}

// exceptionOf finds Cognito's exception for an error of the packages below. ok is
// false for what is the server's own failure.
func exceptionOf(err error) (found *Error, ok bool) {
	if errors.As(err, &found) {
		return found, true
	}
	if refused := new(users.Error); errors.As(err, &refused) {
		return &Error{string(refused.Code), refused.Message}, true
	}
	for _, known := range []struct {
		err     error
		name    string
		message string
	}{
		{authflow.ErrWrongPassword, "NotAuthorizedException", "Incorrect username or password."},
		{authflow.ErrNoUser, "UserNotFoundException", "User does not exist."},
		// For wrong one-time codes a guess.
		{authflow.ErrLocked, "NotAuthorizedException", "Password attempts exceeded"},
		{authflow.ErrDisabled, "NotAuthorizedException", "User is disabled."},
		{authflow.ErrNotConfirmed, "UserNotConfirmedException", "User is not confirmed."},
		{authflow.ErrResetRequired, "PasswordResetRequiredException", "Password reset required for the user"},
		{authflow.ErrTemporaryExpired, "NotAuthorizedException", "Temporary password has expired and must be reset by an administrator."},
		{authflow.ErrExternal, "NotAuthorizedException", "Incorrect username or password."},
		{authflow.ErrRefreshInvalid, "NotAuthorizedException", "Invalid Refresh Token."},
		{authflow.ErrRefreshExpired, "NotAuthorizedException", "Refresh Token has expired"},
		// The words are those of Amplify's tests: a guess.
		{authflow.ErrRefreshReplaced, "RefreshTokenReuseException", "Refresh token has been invalidated by rotation"},
		{authflow.ErrRefreshRevoked, "NotAuthorizedException", "Refresh Token has been revoked"},
		{authflow.ErrAccessRevoked, "NotAuthorizedException", "Access Token has been revoked"},
		{issuer.ErrNotAccessToken, "NotAuthorizedException", "Invalid Access Token"},
		{issuer.ErrTokenExpired, "NotAuthorizedException", "Access Token has expired"},
	} {
		if errors.Is(err, known.err) {
			return &Error{known.name, known.message}, true
		}
	}
	return nil, false
}

// headerText makes a message that holds on to what a header may be: one line of
// ASCII (RFC 9110 §5.5) that no client finds too long. The body has all of it.
func headerText(message string) string {
	const most = 1024
	text := strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t':
			return ' '
		case r < ' ', r > '~':
			return '?'
		}
		return r
	}, message)
	return strings.TrimSpace(text[:min(len(text), most)])
}

// refuse writes an error as Cognito does. What failed on the server's side is for
// the log.
func (a *API) refuse(w http.ResponseWriter, r *http.Request, action, id string, err error) {
	status := http.StatusBadRequest
	e, ok := exceptionOf(err)
	if ok {
		e = &Error{e.Type, bounded(e.Message)}
		reason := e.Message
		if unknown := new(unknownClientError); errors.As(err, &unknown) {
			reason = unknown.logged
		}
		a.Logger.InfoContext(r.Context(), "api call refused", "action", action, "exception", e.Type, "reason", reason)
	} else {
		a.Logger.ErrorContext(r.Context(), "api call failed", "action", action, "request", id, "error", err)
		status, e = http.StatusInternalServerError, &Error{"InternalErrorException", "The server failed. Its log says why."}
	}
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("x-amzn-ErrorType", e.Type+":")
	if e.Message != "" {
		h.Set("x-amzn-ErrorMessage", headerText(e.Message))
	}
	w.WriteHeader(status)
	body := struct {
		Type    string `json:"__type"`
		Message string `json:"message,omitempty"`
	}{e.Type, e.Message}
	// What is written here always encodes; a failed write means that the client
	// has gone.
	_ = json.NewEncoder(w).Encode(body)
}
