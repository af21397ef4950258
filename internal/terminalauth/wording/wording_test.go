package wording_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/poolguard/poolguard/cognito"
	"github.com/poolguard/poolguard/internal/privatefile"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/browser"
	"github.com/poolguard/poolguard/internal/terminalauth/callback"
	"github.com/poolguard/poolguard/internal/terminalauth/profile"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

func robot(local bool) *selection.Selection {
	file := &profile.File{Default: "anaya", Profiles: map[string]profile.Profile{"robot": {Local: local}}}
	return selection.New("config.yaml", file, "robot")
}

// text is what a reader sees: spaces that keep words on one line are spaces.
func text(f *wording.Error) string {
	return strings.TrimSuffix(terminal.Style{Unicode: true}.Message("", f.Error()), "\n")
}

func TestFailuresHaveAKindAndANextStep(t *testing.T) {
	for name, test := range map[string]struct {
		err  error
		kind wording.Kind
		want string
	}{
		"no sign-in":        {tokenstore.ErrNone, wording.Refused, "not signed in with the profile robot; run poolguard login --profile robot"},
		"ended":             {errors.Join(account.ErrSignInAgain, errors.New("they expired")), wording.Refused, "they expired; sign in again: poolguard login --profile robot"},
		"rejected":          {cognito.NewError(cognito.ErrTokenExpired, "the token expired"), wording.Refused, "the token was rejected: the token expired; sign in again: "},
		"no keys":           {cognito.NewError(cognito.ErrKeysUnavailable, "no keys"), wording.Unavailable, "no keys"},
		"another process":   {fmt.Errorf("tokens: %w", privatefile.ErrBusy), wording.Unavailable, "tokens: "},
		"a fault of a file": {errors.New("the disk is full"), wording.Local, "the disk is full"},
		"the key ring":      {&tokenstore.RingError{}, wording.Local, "poolguard login --profile robot --storage file"},
	} {
		f := wording.FailureOf(test.err, robot(false))
		if f.Kind != test.kind || !strings.Contains(text(f), test.want) {
			t.Errorf("%s: got kind %d, %q, want kind %d, %q", name, f.Kind, text(f), test.kind, test.want)
		}
		if !errors.Is(f, test.err) && f.Kind != wording.Refused && name != "no keys" {
			t.Errorf("%s: the cause is lost", name)
		}
	}
}

func local() *selection.Selection {
	s := robot(true)
	s.Profile.Domain, s.Profile.Issuer = "http://127.0.0.1:9229", "http://127.0.0.1:9229/us-east-1_Local0001"
	return s
}

func TestLocalPoolMayNotBeRunning(t *testing.T) {
	unavailable := cognito.NewError(cognito.ErrKeysUnavailable, "no keys").WithCause(errors.New("connection refused"))
	const want = "Is it running? This starts the local user pool there:\n  poolguard userpool serve"
	if got := text(wording.FailureOf(unavailable, local())); !strings.HasSuffix(got, want) {
		t.Errorf("got %q", got)
	}
	if got := text(wording.FailureOf(unavailable, robot(false))); !strings.HasSuffix(got, "set HTTPS_PROXY where a proxy is needed.") {
		t.Errorf("for a pool in AWS: got %q", got)
	}
}

func TestLocalPoolMayHaveLostItsKeys(t *testing.T) {
	lost := cognito.NewError(cognito.ErrKeyNotFound, "no such key")
	f := wording.FailureOf(lost, local())
	if f.Kind != wording.Refused || !strings.Contains(text(f), "started again without --data; sign in again: poolguard login --profile robot") {
		t.Errorf("got %d %q", f.Kind, text(f))
	}
	if got := text(wording.FailureOf(lost, robot(false))); strings.Contains(got, "--data") {
		t.Errorf("for a pool in AWS: got %q", got)
	}
}

func TestFailuresOfTheBrowser(t *testing.T) {
	f := wording.FailureOfBrowser(fmt.Errorf("port 8976: %w", callback.ErrPortTaken), robot(false), "5m")
	if f.Kind != wording.Local || !strings.Contains(text(f), "choose another port with --port") {
		t.Errorf("got %d %q", f.Kind, text(f))
	}
	f = wording.FailureOfBrowser(browser.ErrTimeout, robot(false), "5m")
	if f.Kind != wording.Refused || !strings.Contains(text(f), "within 5m\n") || !strings.Contains(text(f), "http://localhost:8976/callback must be a callback URL") {
		t.Errorf("got %d %q", f.Kind, text(f))
	}
}

func TestWarningsOfASignIn(t *testing.T) {
	result := &account.Result{Kept: tokenstore.InFile, NoRefresh: true, Former: errors.New("no\x1b[2J answer")}
	got := wording.Warnings(robot(false), result, true)
	if len(got) != 3 || !strings.HasPrefix(got[0], "--storage file: the tokens are not encrypted") ||
		!strings.HasSuffix(got[1], `no\x1b[2J answer`) || !strings.Contains(got[2], "no refresh token") {
		t.Errorf("got %q", got)
	}
	result = &account.Result{Kept: tokenstore.InFile, RingProblem: errors.New("locked")}
	if got := wording.Warnings(robot(false), result, false); len(got) != 1 || !strings.HasPrefix(got[0], "locked: ") {
		t.Errorf("got %q", got)
	}
	if got := wording.Warnings(robot(false), &account.Result{Kept: tokenstore.InRing}, false); got != nil {
		t.Errorf("got %q", got)
	}
}

func TestSignInIsShownWithEscapes(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := wording.SignIn{
		Selection: robot(false),
		Identity: &account.Identity{
			UserPoolID: "us-east-1_AbCdEfGhI", ClientID: "web", Subject: "s", Username: "anaya\x1b[2J", Email: "a@example.com\u202e", ExpiresAt: at.Add(time.Hour),
		},
		Held: &account.Held{Tokens: &tokenstore.Tokens{SignedInAt: at, Refresh: "secret-refresh", Access: "secret-access"}, Kept: tokenstore.InRing},
	}
	g := terminal.NewPage(terminal.Style{})
	s.Write(g, at.Add(time.Minute))
	got := g.String()
	for _, want := range []string{`anaya\x1b[2J`, `a@example.com\u{202e}`, "renews by", "encrypted by the key ring", "robot"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.ContainsAny(got, "\x1b\u202e") || strings.Contains(got, "secret-") {
		t.Errorf("it shows too much:\n%s", got)
	}
	if j := s.JSON(); !j.Renewable || j.Storage != "keyring" || j.SignedInAt != "2026-03-01T12:00:00Z" || j.Profile != "robot" {
		t.Errorf("got %+v", j)
	}
}
