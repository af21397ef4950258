package browser

import (
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/inputlines"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/callback"
)

// ErrTimeout reports that the browser did not return in time.
var ErrTimeout = errors.New("the browser did not return from the sign-in in time")

// A SignIn is a sign-in with a browser. Every field except Again must be set.
type SignIn struct {
	Account *account.Account
	// Port is that of the callback URL, and RedirectURL is the callback URL.
	Port        int
	RedirectURL string
	// Again shows the sign-in page even if the browser is signed in.
	Again bool
	// Timeout bounds the wait for the browser.
	Timeout time.Duration
	// Show shows the user which address to open. opening reports that a browser opens.
	Show func(address string, opening bool) error
	// Open opens the address in a browser. nil opens none.
	Open func(ctx context.Context, address string) error
	// Notice writes a message to the user. It is called by one goroutine at a time.
	Notice func(text string)
	// Input is where the user can paste the callback URL.
	Input io.Reader
}

// Run waits for the browser and finishes the sign-in. The callback URL comes from the
// browser, or from the user, who pastes it where the browser is on another machine. The
// error is [callback.ErrPortTaken] or [ErrTimeout], that of ctx, or that of the account.
func (s *SignIn) Run(ctx context.Context) (*account.Result, error) {
	receiver, err := callback.Listen(ctx, s.Port)
	if err != nil {
		return nil, err
	}
	defer receiver.Close()
	attempt, err := s.Account.Begin(s.Again)
	if err != nil {
		return nil, err
	}
	waiting, end := context.WithTimeout(ctx, s.Timeout)
	defer end()
	v := &visit{ctx: ctx, account: s.Account, attempt: attempt, end: end}
	if err := s.Show(attempt.URL, s.Open != nil); err != nil {
		return nil, err
	}
	go s.open(waiting, v)
	err = receiver.Wait(waiting, func(_ context.Context, address *url.URL) callback.Outcome { return v.finish(address) })
	v.mu.Lock() // finish may still be running
	defer v.mu.Unlock()
	switch {
	case v.over:
		return v.result, v.err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, ErrTimeout
	}
	return nil, err
}

// open opens a browser. Where none opens, it reads what the user pastes.
func (s *SignIn) open(ctx context.Context, v *visit) {
	if s.Open != nil {
		if s.Open(ctx, v.attempt.URL) == nil || ctx.Err() != nil {
			return
		}
		s.Notice("no browser opens on this machine: open the address yourself. If that browser is on another machine, " +
			"it cannot open the callback URL at the end: copy that URL and paste it here.")
	}
	for line, err := range inputlines.Read(ctx, s.Input) {
		if err != nil {
			return
		}
		address, err := url.Parse(line.Text)
		if line.Cut || err != nil || !strings.HasPrefix(line.Text, s.RedirectURL+"?") {
			s.Notice("the text is not the callback URL: it must begin with " + s.RedirectURL + "?")
			continue
		}
		if !v.finish(address).Done {
			s.Notice("the callback URL is from another sign-in, or it is not complete")
			continue
		}
		v.end()
		return
	}
}

// A visit ends with the first callback URL of its sign-in, whether it comes from the browser
// or from the user.
type visit struct {
	ctx     context.Context //nolint:containedctx // of Run: a callback in time is finished even if that takes longer than the wait
	account *account.Account
	attempt *account.Attempt
	end     context.CancelFunc // of the wait

	mu     sync.Mutex // held while an address is finished; guards the fields below
	over   bool
	result *account.Result
	err    error
}

// finish finishes the sign-in with a callback URL. A URL of another sign-in changes nothing:
// every page in the browser can send the browser here.
func (v *visit) finish(address *url.URL) callback.Outcome {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.over {
		return callback.Outcome{Done: true, Refusal: "this sign-in is over"}
	}
	result, err := v.account.Finish(v.ctx, v.attempt, address)
	if code := oauth.CodeOf(err); code == oauth.ErrStateMismatch || code == oauth.ErrCallbackInvalid {
		return callback.Outcome{}
	}
	v.over, v.result, v.err = true, result, err
	outcome := callback.Outcome{Done: true}
	var refused *oauth.Error
	switch {
	case errors.As(err, &refused):
		outcome.Refusal = refused.Message()
	case err != nil:
		outcome.Refusal = "the tokens could not be stored; the terminal shows the reason"
	default:
		outcome.User = result.Identity.Name()
	}
	return outcome
}
