package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/poolserve"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/browser"
	"github.com/poolguard/poolguard/internal/terminalauth/login"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

// loginFlags are those of login. Those of the profile are saved in it.
type loginFlags struct {
	profileFlags
	login.Options
}

func (p *program) login() *cobra.Command {
	var flags loginFlags
	cmd := &cobra.Command{
		Use:   "login",
		Short: "Sign in from the terminal",
		Long: `Login signs in at a user pool and stores the tokens for poolguard token and
poolguard whoami. It opens the sign-in page of the pool in the browser. The
browser then returns to http://localhost:8976/callback. Exactly this URL must be
a callback URL of the app client; --port selects another port. The authorization
code in that URL is protected with PKCE: only this command can use it.

Login saves the flags about the pool as a profile. The next time, poolguard
login is enough. With --no-browser, or if no browser opens, login prints the
address to open. If that browser is on another machine, it cannot open the
callback URL at the end: copy that URL from the browser and paste it here.

Login stores the tokens in a file that only you can read. The file is encrypted
with a key from the system's key ring. Without a key ring the file is not
encrypted, and login says so. Login never stores a client secret: the profile
has the name of the file or environment variable that contains it.

Exit status:

  0  signed in
  1  the sign-in was refused, or the browser did not return in time
  2  the command line or configuration is wrong
  3  the user pool is unavailable`,
		Example: `  poolguard login --local
  poolguard login --pool us-east-1_AbCdEfGhI --client-id 1example23456789 \
      --domain https://auth.example.com --scope openid --scope orders/read
  poolguard login --profile robot --machine --pool us-east-1_AbCdEfGhI \
      --client-id 9example87654321 --client-secret-file robot.secret \
      --domain https://auth.example.com
  poolguard login --profile robot`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runLogin(cmd.Context(), cmd, flags)
		},
	}
	flags.define(p, cmd)
	return cmd
}

func (f *loginFlags) define(p *program, cmd *cobra.Command) {
	f.profileFlags.define(p, cmd)
	set := cmd.Flags()
	set.StringVar(&f.Pool, "pool", "", "sign in at this user pool")
	set.StringArrayVar(&f.Replicas, "replica-region", nil, "trust the replica of the pool in this Region (repeatable)")
	set.StringVar(&f.ClientID, "client-id", "", "sign in as this app client")
	set.StringVar(&f.Domain, "domain", "", "use the OAuth endpoints at this URL")
	set.StringVar(&f.Issuer, "issuer", "", "trust this issuer instead of that of Amazon Cognito")
	set.StringArrayVar(&f.Scopes, "scope", nil, "ask for this scope (repeatable; default openid, or every scope of a machine)")
	set.IntVar(&f.Port, "port", 0, "use this port for the callback URL (default 8976)")
	set.BoolVar(&f.Machine, "machine", false, "get a token for the client itself, with its secret and without a browser")
	set.StringVar(&f.SecretFile, "client-secret-file", "", "read the client secret from this file")
	set.StringVar(&f.SecretEnv, "client-secret-env", "", "read the client secret from this environment variable")
	set.BoolVar(&f.Local, "local", false, "sign in at the pool of poolguard userpool serve on this machine")
	set.BoolVar(&f.NoBrowser, "no-browser", false, "print the address to open, and open no browser")
	set.BoolVar(&f.Again, "again", false, "show the sign-in page even if the browser is signed in")
	set.StringVar(&f.Timeout, "timeout", "5m", "wait at most this long for the browser")
	set.StringVar(&f.Storage, "storage", "auto", "store tokens encrypted with the key ring (keyring) or in a plain file (file); auto uses the key ring if there is one")
	place(set, "pool", "ID", "replica-region", "REGION", "client-id", "ID", "domain", "URL", "issuer", "URL", "scope", "NAME", "port", "NUMBER",
		"client-secret-file", "FILE", "client-secret-env", "NAME", "timeout", "DURATION", "storage", "WAY")
	for _, name := range []string{"pool", "replica-region", "client-id", "domain", "issuer", "scope", "port", "client-secret-env", "timeout"} {
		completeWith(cmd, name)
	}
	completeWith(cmd, "storage", "auto\twith the key ring, if there is one", "keyring\tencrypted with the key ring", "file\tin a plain file")
}

func (p *program) runLogin(ctx context.Context, cmd *cobra.Command, flags loginFlags) error {
	flags.Given, flags.LocalURL = given(cmd.Flags()), poolserve.DefaultURL
	timeout, err := flags.Check()
	if err != nil {
		return &failure{statusUsage, err}
	}
	c, err := p.choose(&flags.profileFlags, flags.ProfileName())
	if err != nil {
		return err
	}
	if err := flags.Change(c); err != nil {
		return &failure{statusUsage, err}
	}
	run := login.Login{
		Selection: c, Secret: func() (oauth.Secret, error) { return p.clientSecret(c) }, Ring: p.keyRing(),
		Way: login.Way(flags.Storage), Timeout: timeout, Now: p.now,
		Browser: func(ctx context.Context, a *account.Account) (*account.Result, error) {
			result, err := p.browser(c, a, &flags, timeout).Run(ctx)
			if err != nil {
				return nil, wording.FailureOfBrowser(err, c, flags.Timeout)
			}
			return result, nil
		},
	}
	result, err := run.Run(ctx)
	if err != nil {
		return failed(ctx, err)
	}
	for _, warning := range wording.Warnings(c, result, run.Way == login.File && p.keyRing() != nil) {
		p.notice("poolguard login", warning)
	}
	g := p.page()
	wording.WriteSignedIn(g, c, result.Identity)
	return p.show(g)
}

// browser is a sign-in with the browser.
func (p *program) browser(c *selection.Selection, a *account.Account, flags *loginFlags, timeout time.Duration) *browser.SignIn {
	signIn := &browser.SignIn{
		Account: a, Port: c.Profile.ListenPort(), RedirectURL: c.Profile.RedirectURL(), Again: flags.Again, Timeout: timeout,
		Show: p.showSignIn, Input: p.stdin,
		Notice: func(text string) { p.notice("poolguard login", text) },
	}
	if !flags.NoBrowser {
		signIn.Open = func(ctx context.Context, address string) error { return browser.Open(ctx, p.getenv, address) }
	}
	return signIn
}

// showSignIn prints the address of the sign-in page.
func (p *program) showSignIn(address string, opening bool) error {
	g := p.page()
	wording.WriteAddress(g, address, opening)
	return p.show(g)
}
