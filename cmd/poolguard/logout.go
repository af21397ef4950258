package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/poolguard/poolguard/internal/terminal"
	"github.com/poolguard/poolguard/internal/terminalauth/account"
	"github.com/poolguard/poolguard/internal/terminalauth/selection"
	"github.com/poolguard/poolguard/internal/terminalauth/tokenstore"
	"github.com/poolguard/poolguard/internal/terminalauth/wording"
)

func (p *program) logout() *cobra.Command {
	var flags profileFlags
	cmd := &cobra.Command{
		Use:   "logout",
		Short: "Sign out: revoke and delete the tokens",
		Long: `Logout revokes the refresh token at the user pool, together with the access
tokens that came from it, and deletes the stored tokens. The profile stays. A
copy of an access token still passes offline verification until it expires. The
browser stays signed in at the pool: poolguard login --again shows the sign-in
page again.

Logout deletes the stored tokens even if the user pool is unavailable. It says
so, because the refresh token is not revoked then, and a copy of it still works.

Exit status:

  0  signed out, or there was no sign-in
  1  the pool refused to revoke the token
  2  the command line or configuration is wrong, or a file cannot be deleted
  3  the tokens are deleted, but the refresh token is not revoked: the pool is
     unavailable, or its client secret is missing`,
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
		return p.say("There was no sign-in.")
	}
	if err != nil {
		return err
	}
	out, err := p.end(ctx, c)
	var ring *tokenstore.RingError
	if err != nil && !errors.As(err, &ring) {
		return failed(ctx, wording.FailureOf(err, c))
	}
	if ring != nil {
		// The file is gone, without which the key opens nothing.
		p.notice("poolguard logout", "the tokens are deleted, but their key is still in the key ring: "+terminal.Escape(ring.Error(), false))
	}
	if out.NotRevoked != nil {
		return failed(ctx, wording.NotRevoked(out.NotRevoked))
	}
	if !out.WasSignedIn {
		return p.say("There was no sign-in, profile " + c.Name + ".")
	}
	return p.say("Signed out, profile " + c.Name + ".")
}

// end signs out. It deletes the stored tokens even if the client secret, which the pool
// asks for, is unavailable.
func (p *program) end(ctx context.Context, c *selection.Selection) (account.SignOut, error) {
	secret, noSecret := p.clientSecret(c)
	if noSecret != nil {
		return account.Forget(ctx, c.Store(p.keyRing()), noSecret)
	}
	a, err := p.accountWith(c, p.keyRing(), secret)
	if err != nil {
		return account.SignOut{}, err
	}
	return a.End(ctx)
}
