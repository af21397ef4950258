package wording

import (
	"errors"
	"fmt"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/explain"
	"github.com/poolguard/poolguard/internal/privatefile"
	"github.com/poolguard/poolguard/internal/report"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/browser"
	"github.com/poolguard/poolguard/internal/terminalauth/callback"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

// A Kind says what a failure means for a script.
type Kind int

const (
	// Local is a fault of this machine: its configuration, its files, its key ring.
	Local Kind = iota
	// Refused is a decision: the pool refused, a token was rejected, or there is no sign-in.
	Refused
	// Unavailable means that nothing is known: the pool or another process did not answer.
	Unavailable
)

// An Error is an error of signing in, in the words of the command. Its text can have
// several lines.
type Error struct {
	Kind  Kind
	cause error
}

func (f *Error) Error() string { return f.cause.Error() }
func (f *Error) Unwrap() error { return f.cause }

func refused(format string, args ...any) *Error {
	return &Error{Refused, fmt.Errorf(format, args...)}
}

// signInAgain is the command line that signs in to a profile.
func signInAgain(s *selection.Selection) string {
	return terminal.Unbroken("poolguard login" + s.Flag())
}

// FailureOf words an error of package account for a profile.
func FailureOf(err error, s *selection.Selection) *Error {
	again := signInAgain(s)
	var said *oauth.Error
	var untrusted *cognito.Error
	var ring *tokenstore.RingError
	switch {
	case errors.Is(err, tokenstore.ErrNone):
		return refused("not signed in with the profile %s; run %s", s.Name, again)
	case errors.Is(err, account.ErrSignInAgain):
		return refused("%s; sign in again: %s", reasonAgain(err, s.Profile.OnThisMachine()), again)
	case errors.As(err, &said):
		return unavailable(OAuthFailure(said), said.Unwrap(), s.Profile.Domain)
	case errors.As(err, &untrusted) && untrusted.Temporary():
		return unavailable(&Error{Unavailable, errors.New(report.Unjudged(untrusted))}, untrusted.Unwrap(), s.Profile.Issuer)
	case errors.As(err, &untrusted) && untrusted.Code() == cognito.ErrKeyNotFound && s.Profile.OnThisMachine():
		return refused("the local user pool does not have the key of this sign-in: it was started again without --data; sign in again: %s", again)
	case errors.As(err, &untrusted):
		return refused("the token was rejected: %s; sign in again: %s", untrusted.Detail(), again)
	case errors.Is(err, privatefile.ErrBusy):
		return &Error{Unavailable, err}
	case errors.As(err, &ring):
		return &Error{Local, fmt.Errorf("%w\nUnlock it or start it. Or sign in again and store the tokens in a file: %s", err, terminal.Unbroken("poolguard login"+s.Flag()+" --storage file"))}
	}
	return &Error{Local, err}
}

// unavailable adds what to do about a user pool that did not answer.
func unavailable(f *Error, cause error, server string) *Error {
	if how := explain.Unreachable(cause, server); how != "" && f.Kind == Unavailable {
		return &Error{f.Kind, fmt.Errorf("%w\n%s", f.cause, how)}
	}
	return f
}

// FailureOfBrowser is [FailureOf] for a sign-in with the browser. timeout is how long it
// waited, in the words of the user.
func FailureOfBrowser(err error, s *selection.Selection, timeout string) *Error {
	switch {
	case errors.Is(err, callback.ErrPortTaken):
		return &Error{Local, fmt.Errorf("%w; choose another port with --port: the app client needs a callback URL with it", err)}
	case errors.Is(err, browser.ErrTimeout):
		return refused("the browser did not return from the sign-in within %s\nIf the page reported an error about redirect_uri: %s must be a callback URL of the app client.", timeout, s.Profile.RedirectURL())
	}
	return FailureOf(err, s)
}

// reasonAgain is why a new sign-in is due.
func reasonAgain(err error, local bool) string {
	var said *oauth.Error
	if errors.As(err, &said) {
		if local {
			return "the user pool rejects the refresh token: it has expired, was revoked or used elsewhere, or the pool was started again without --data"
		}
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
