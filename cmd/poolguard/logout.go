package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/cognito/oauth"
	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
)

func (p *program) logout() *cobra.Command {
	var flags profileFlags
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Sign out: revoke and delete the tokens",
		Long: `Logout has the user pool revoke the refresh token, with the access tokens that
came of it, and deletes what is kept here. The profile stays. Tokens that were
copied elsewhere pass verification offline until they expire, and the browser
stays signed in at the pool: poolguard login --again asks anew.

What is kept here is deleted also where the user pool cannot be reached; logout
says so, since whoever has a copy of the refresh token can use it then.

Exit status: 0 signed out, or nobody was signed in; 1 the pool refused to
revoke; 2 the command line or configuration is wrong, or something could not be
deleted; 3 deleted here, and the pool could not be reached or asked.`,
		Example: `  poolguard logout
  poolguard logout --profile robot`,
		Args:              noArguments,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.runLogout(cmd.Context(), flags)
		},
	}
	flags.define(p, cmd)
	return cmd
}

func (p *program) runLogout(ctx context.Context, flags profileFlags) error {
	c, err := p.existing(&flags)
	if f, ok := errors.AsType[*failure](err); ok && f.status == statusRejected { // there is no profile at all
		return p.write([]byte("Nobody was signed in.\n"))
	}
	if err != nil {
		return err
	}
	out, err := p.end(ctx, c)
	var ring *tokenstore.RingError
	if err != nil && !errors.As(err, &ring) {
		return signInFailure(ctx, c, err)
	}
	if ring != nil {
		// The file is gone, without which the key opens nothing.
		p.notice("poolguard logout", "the key of the tokens, which are deleted, stays in the key ring: "+terminal.Escape(ring.Error(), false))
	}
	if out.NotRevoked != nil {
		return notRevoked(out.NotRevoked)
	}
	text := "Nobody was signed in, profile " + c.name + ".\n"
	if out.Was {
		text = "Signed out, profile " + c.name + ".\n"
	}
	return p.write([]byte(text))
}

// end signs out. What is kept goes also where the client's secret, without which the
// pool cannot be asked, is not to be had.
func (p *program) end(ctx context.Context, c *chosen) (account.SignOut, error) {
	secret, noSecret := p.clientSecret(c)
	if noSecret != nil {
		return account.Forget(ctx, c.store(p.keyRing()), noSecret)
	}
	a, err := p.accountWith(c, p.keyRing(), secret)
	if err != nil {
		return account.SignOut{}, err
	}
	return a.End(ctx)
}

// notRevoked says that tokens are deleted here and the refresh token may be good still.
func notRevoked(why error) error {
	status, text := statusUnavailable, why.Error()
	var refused *oauth.Error
	switch {
	case errors.As(why, &refused) && refused.Temporary():
		text = "the user pool gave no answer"
		if cause := refused.Unwrap(); cause != nil {
			text += ": " + terminal.Escape(cause.Error(), true)
		}
		text += "\nWhoever has a copy of it can use it until it expires."
	case errors.As(why, &refused):
		f := oauthFailure(refused)
		status, text = f.status, f.Error()
	}
	return &failure{status, fmt.Errorf("deleted here, but the refresh token could not be revoked: %s", text)}
}
