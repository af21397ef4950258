package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/privatefile"
	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// signInFailure makes an error of the packages that sign in into the command's own: 1
// for what was refused, 3 for what could not be found out, 2 for what is wrong here.
func signInFailure(ctx context.Context, c *selection.Selection, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	again := terminal.Unbroken("poolguard login" + c.Flag())
	var refused *oauth.Error
	var untrusted *cognito.Error
	var ring *tokenstore.RingError
	if _, worded := errors.AsType[*failure](err); worded {
		return err
	}
	switch {
	case errors.Is(err, tokenstore.ErrNone):
		return &failure{statusRejected, fmt.Errorf("not signed in; run %s", again)}
	case errors.Is(err, account.ErrSignInAgain):
		return &failure{statusRejected, fmt.Errorf("%s; sign in again: %s", reasonAgain(err), again)}
	case errors.As(err, &refused):
		return oauthFailure(refused)
	case errors.As(err, &untrusted) && untrusted.Temporary():
		return &failure{statusUnavailable, errors.New(report.Unjudged(untrusted))}
	case errors.As(err, &untrusted):
		return &failure{statusRejected, fmt.Errorf("the token was rejected: %s; sign in again: %s", untrusted.Message(), again)}
	case errors.Is(err, privatefile.ErrBusy):
		return &failure{statusUnavailable, err}
	case errors.As(err, &ring):
		return &failure{statusUsage, fmt.Errorf("%w\nUnlock it or start it. Or sign in again and store the tokens in a file: %s", err, terminal.Unbroken("poolguard login"+c.Flag()+" --storage file"))}
	}
	return &failure{statusUsage, err}
}

// loginFailure is signInFailure before the browser opens: the pool of this machine may
// not be running.
func loginFailure(ctx context.Context, c *selection.Selection, err error) error {
	told := signInFailure(ctx, c, err)
	if f, ok := errors.AsType[*failure](told); ok && f.status == statusUnavailable && c.Profile.Local {
		return &failure{f.status, fmt.Errorf("%w\nIs it running? Start it with %s.", f.cause, terminal.Unbroken("poolguard userpool serve"))} //nolint:revive // the second line is a sentence
	}
	return told
}

// reasonAgain is why a new sign-in is due.
func reasonAgain(err error) string {
	var refused *oauth.Error
	if errors.As(err, &refused) {
		return "the user pool rejects the refresh token: it has expired, was revoked, or was used elsewhere"
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			if !errors.Is(e, account.ErrSignInAgain) {
				return e.Error()
			}
		}
	}
	return err.Error()
}

// oauthFailure words what the pool said, or what was found out here. Neither has a
// code or a token in it.
func oauthFailure(e *oauth.Error) *failure {
	status, text := statusRejected, e.Message()
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
		status = statusUnavailable
	}
	hint := oauthHint(e.Code())
	if code := cognito.CodeOf(e); code == cognito.ErrTokenExpired || code == cognito.ErrTokenNotYetValid {
		hint = "The user pool has just issued it: check the clock of this machine."
	}
	if hint != "" {
		text += "\n" + hint
	}
	return &failure{status, errors.New(text)}
}

func oauthHint(code oauth.Code) string {
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
