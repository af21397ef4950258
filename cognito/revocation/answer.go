package revocation

import (
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/poolguard/poolguard/cognito/internal/challenge"
)

// An answer is Cognito's statement about a token. 0 is not an answer.
type answer uint8

const (
	answerGood answer = iota + 1
	// answerRevoked is final: the token never becomes valid again.
	answerRevoked
	// answerSuspended is for as long as the user's account is in a state in which
	// Cognito takes no token of theirs; they can leave it.
	answerSuspended
)

var (
	errNotJSON   = errors.New("is not one strict JSON object")
	errNoSubject = errors.New("has no subject")
	errOther     = errors.New("is about another user")
	errScope     = errors.New("says that the token lacks a scope, but the token has it: check that the endpoint belongs to its user pool")
	errUnclear   = errors.New("does not say whether the token is good")
	errThrottled = errors.New("says that there were too many requests")
)

// readUserInfo reads the answer of userInfo (OpenID Connect Core §5.3). Only a 401 with
// the error invalid_token (RFC 6750 §3.1) is a verdict against the token: "expired,
// disabled, or deleted, or the user has globally signed out". A 401 without it may come
// from a proxy.
func readUserInfo(status int, header http.Header, body []byte, subject string) (answer, error) {
	isJSON := isMedia(header, "application/json")
	if status == http.StatusOK {
		var user struct {
			Subject string `json:"sub"`
		}
		if !isJSON || json.Unmarshal(body, &user) != nil {
			return 0, errNotJSON
		}
		return about(user.Subject, subject)
	}
	var said struct {
		Error string `json:"error"`
	}
	if !isJSON || json.Unmarshal(body, &said) != nil || said.Error == "" {
		said.Error = challenge.Bearer(header.Values("WWW-Authenticate"))["error"]
	}
	switch {
	case said.Error == "insufficient_scope":
		return 0, errScope
	case status == http.StatusUnauthorized && said.Error == "invalid_token":
		return answerRevoked, nil
	}
	return 0, errUnclear
}

// missingScope is how GetUser says that, under the name it has for revoked tokens too.
const missingScope = "Access Token does not have required scopes"

// readGetUser reads the answer of GetUser. The name of an error is in __type. Services of
// Amazon may write their own name and a # before it.
func readGetUser(status int, header http.Header, body []byte, subject string) (answer, error) {
	if !isMedia(header, "application/x-amz-json-1.1") && !isMedia(header, "application/json") {
		return 0, errNotJSON
	}
	switch status {
	case http.StatusOK:
		var user struct{ UserAttributes []attribute }
		if json.Unmarshal(body, &user) != nil {
			return 0, errNotJSON
		}
		return about(subjectOf(user.UserAttributes), subject)
	case http.StatusBadRequest:
		var refusal struct {
			Type    string `json:"__type"`
			Message string `json:"message"`
		}
		if json.Unmarshal(body, &refusal) != nil {
			return 0, errNotJSON
		}
		return exception(refusal.Type[strings.LastIndexByte(refusal.Type, '#')+1:], refusal.Message)
	}
	return 0, errUnclear
}

// exception is GetUser's verdict. The token has the scope that the action takes, so
// NotAuthorizedException is about the token (revoked, invalid, expired) or the user
// (disabled): the message need not be read for that.
func exception(name, message string) (answer, error) {
	switch name {
	case "NotAuthorizedException":
		if message == missingScope {
			return 0, errScope
		}
		return answerRevoked, nil
	case "UserNotFoundException":
		return answerRevoked, nil
	case "TooManyRequestsException", "ThrottlingException":
		return 0, errThrottled
	case "PasswordResetRequiredException", "UserNotConfirmedException":
		return answerSuspended, nil
	}
	return 0, errUnclear
}

type attribute struct {
	Name, Value string
}

// subjectOf returns the attribute sub, "" where there is none or more than one.
func subjectOf(attributes []attribute) (subject string) {
	seen := 0
	for _, a := range attributes {
		if a.Name == "sub" {
			subject = a.Value
			seen++
		}
	}
	if seen != 1 {
		return ""
	}
	return subject
}

// about requires that the answer is about the token's subject (OpenID Connect Core
// §5.3.2).
func about(got, subject string) (answer, error) {
	switch got {
	case "":
		return 0, errNoSubject
	case subject:
		return answerGood, nil
	}
	return 0, errOther
}

func isMedia(header http.Header, want string) bool {
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	return err == nil && media == want
}
