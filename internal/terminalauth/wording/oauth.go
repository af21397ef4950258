package wording

import (
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminal"
)

// OAuthFailure words what the OAuth endpoints of a pool answered, or what was found out
// about the answer here.
func OAuthFailure(e *oauth.Error) *Error {
	kind, text := Refused, e.Message()
	if e.Reported() != "" {
		text += " (" + terminal.Escape(e.Reported(), true)
		if e.Description() != "" {
			text += ": " + terminal.Escape(e.Description(), true)
		}
		text += ")"
	}
	if cause := e.Unwrap(); cause != nil {
		text += ": " + terminal.Escape(cause.Error(), true)
	}
	if e.Temporary() {
		kind = Unavailable
	}
	next := nextStep(e.Code())
	if code := cognito.CodeOf(e); code == cognito.ErrTokenExpired || code == cognito.ErrTokenNotYetValid {
		next = "The user pool has just issued it: check the clock of this machine."
	}
	if next != "" {
		text += "\n" + next
	}
	return &Error{kind, errors.New(text)}
}

func nextStep(code oauth.Code) string {
	switch code {
	case oauth.ErrInvalidClient:
		return "Check the client ID and the client secret. An app client without a secret needs none."
	case oauth.ErrUnauthorizedClient:
		return "The app client does not allow this grant: check its OAuth grant types."
	case oauth.ErrInvalidScope:
		return "Check which scopes the app client allows, and name some of them with --scope."
	case oauth.ErrUnsupportedGrantType:
		return "Check that --domain is the domain of the user pool, and that the app client allows the grant."
	default:
		return ""
	}
}

// NotRevoked says that tokens were deleted here, and that their refresh token may still
// work. why is the error of the revocation.
func NotRevoked(why error) *Error {
	kind, text := Unavailable, why.Error()
	var said *oauth.Error
	switch {
	case errors.As(why, &said) && said.Temporary():
		text = "the user pool did not answer"
		if cause := said.Unwrap(); cause != nil {
			text += ": " + terminal.Escape(cause.Error(), true)
		}
		text += "\nA copy of it works until it expires."
	case errors.As(why, &said):
		f := OAuthFailure(said)
		kind, text = f.Kind, f.Error()
	}
	return &Error{kind, fmt.Errorf("the stored tokens are deleted, but the refresh token could not be revoked: %s", text)}
}
