package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/callback"
)

// A visit is one sign-in by browser: it ends with the first address that is of it,
// whether a browser brings it or somebody pastes it.
type visit struct {
	ctx     context.Context //nolint:containedctx // of the command: who came back in time is not sent away for what takes longer than the waiting
	account *account.Account
	attempt *account.Attempt
	end     context.CancelFunc // of the waiting

	mu     sync.Mutex // held while an address is judged; guards what follows
	over   bool
	result *account.Result
	err    error
}

// signInByBrowser sends the browser to the pool and waits for it to come back.
func (p *program) signInByBrowser(ctx context.Context, c *chosen, a *account.Account, flags *loginFlags, timeout time.Duration) (*account.Result, error) {
	receiver, err := callback.Listen(ctx, c.said.ListenPort())
	if errors.Is(err, callback.ErrPortTaken) {
		return nil, &failure{statusUsage, fmt.Errorf("%w; choose another port with --port: the app client needs a callback URL with it", err)}
	}
	if err != nil {
		return nil, &failure{statusUsage, err}
	}
	defer receiver.Close()
	attempt, err := a.Begin(flags.again)
	if err != nil {
		return nil, err
	}
	waiting, end := context.WithTimeout(ctx, timeout)
	defer end()
	v := &visit{ctx: ctx, account: a, attempt: attempt, end: end}
	if err := p.sendBrowser(waiting, c, v, flags.noBrowser); err != nil {
		return nil, err
	}
	err = receiver.Wait(waiting, func(_ context.Context, address *url.URL) callback.Outcome { return v.judge(address) })
	v.mu.Lock() // an address that is being judged still
	defer v.mu.Unlock()
	switch {
	case v.over:
		return v.result, v.err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &failure{statusRejected, fmt.Errorf("the browser did not return from the sign-in within %s\nIf the page reported an error about redirect_uri: %s must be a callback URL of the app client.", flags.timeout, c.said.RedirectURL())} //nolint:revive // the second line is a sentence
	}
	return nil, err
}

// sendBrowser says where to go, has a browser go there, and takes what is pasted where
// none does.
func (p *program) sendBrowser(ctx context.Context, c *chosen, v *visit, none bool) error {
	g := p.page()
	if none {
		g.Paragraph(0, "To sign in, open this address in a browser:\n")
		g.Paste(v.attempt.URL, "")
		g.Paragraph(0, "If that browser is on another machine, it cannot open the callback URL at the end: copy that URL and paste it here.")
		if err := p.show(g); err != nil {
			return err
		}
		go p.takePasted(ctx, c, v)
		return nil
	}
	g.Paragraph(0, "A browser opens for the sign-in. If it does not, open this address:\n")
	g.Paste(v.attempt.URL, "")
	if err := p.show(g); err != nil {
		return err
	}
	go func() {
		if p.openBrowser(ctx, v.attempt.URL) == nil || ctx.Err() != nil {
			return
		}
		p.notice("poolguard login", "no browser opens on this machine: open the address yourself. If that browser is on another machine, "+
			"it cannot open the callback URL at the end: copy that URL and paste it here.")
		p.takePasted(ctx, c, v)
	}()
	return nil
}

// takePasted reads addresses from standard input until one ends the sign-in.
func (p *program) takePasted(ctx context.Context, c *chosen, v *visit) {
	for l, err := range lines(ctx, p.stdin) {
		if err != nil {
			return
		}
		address, err := url.Parse(l.token)
		if l.cut || err != nil || !strings.HasPrefix(l.token, c.said.RedirectURL()+"?") {
			p.notice("poolguard login", fmt.Sprintf("the text is not the callback URL: it must begin with %s?", c.said.RedirectURL()))
			continue
		}
		if !v.judge(address).Done {
			p.notice("poolguard login", "the callback URL is from another sign-in, or it is not complete")
			continue
		}
		v.end()
		return
	}
}

// judge finishes the sign-in with an address. One that is not of it changes nothing:
// any page that the browser shows can send it here.
func (v *visit) judge(address *url.URL) callback.Outcome {
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
	}
	return outcome
}
