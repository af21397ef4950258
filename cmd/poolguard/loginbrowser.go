package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/browser"
	"github.com/poolguard/poolguard/internal/terminalauth/callback"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
)

// signInByBrowser opens the sign-in page and waits for the browser to return.
func (p *program) signInByBrowser(ctx context.Context, c *selection.Selection, a *account.Account, flags *loginFlags, timeout time.Duration) (*account.Result, error) {
	signIn := browser.SignIn{
		Account: a, Port: c.Profile.ListenPort(), RedirectURL: c.Profile.RedirectURL(), Again: flags.again, Timeout: timeout,
		Show: p.showSignIn, Input: p.stdin,
		Notice: func(text string) { p.notice("poolguard login", text) },
	}
	if !flags.noBrowser {
		signIn.Open = func(ctx context.Context, address string) error { return browser.Open(ctx, p.getenv, address) }
	}
	result, err := signIn.Run(ctx)
	switch {
	case errors.Is(err, callback.ErrPortTaken):
		return nil, &failure{statusUsage, fmt.Errorf("%w; choose another port with --port: the app client needs a callback URL with it", err)}
	case errors.Is(err, browser.ErrTimeout):
		return nil, &failure{statusRejected, fmt.Errorf("the browser did not return from the sign-in within %s\nIf the page reported an error about redirect_uri: %s must be a callback URL of the app client.", flags.timeout, c.Profile.RedirectURL())} //nolint:revive // the second line is a sentence
	}
	return result, err
}

// showSignIn prints the address of the sign-in page.
func (p *program) showSignIn(address string, opening bool) error {
	g := p.page()
	if opening {
		g.Paragraph(0, "A browser opens for the sign-in. If it does not, open this address:\n")
		g.Paste(address, "")
		return p.show(g)
	}
	g.Paragraph(0, "To sign in, open this address in a browser:\n")
	g.Paste(address, "")
	g.Paragraph(0, "If that browser is on another machine, it cannot open the callback URL at the end: copy that URL and paste it here.")
	return p.show(g)
}
